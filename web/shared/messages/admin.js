// Texts of the administration page.

export const messages = {
    "zh-CN": {
        title: "大厅管理",
        logout: "退出登录",
        bounds: "等候上限",
        "bounds.about": "由现行配置计算：各业务、各号别在优先规则下最多比先到先办多等多少。",
        day: "营业日",
        "day.about": "日结后，未办理的号码失效；重新开日后号码继续，不会从头再来。",
        "day.open": "开日",
        "day.close": "日结",
        "day.open.sure": "确定重新开放今天的取号吗？",
        "day.close.sure": "确定结束今天的业务吗？所有未办理的号码将失效。",
        "day.done.open": "已开日，可以取号",
        "day.done.close": "已日结",
        "day.count.done": "办结 {n}",
        "day.count.expired": "失效 {n}",
        "day.count.unclosed": "日结时仍在办理 {n}",
        "day.count.cancelled": "已取消 {n}",
    },
    en: {
        title: "Administration",
        logout: "Sign out",
        bounds: "Waiting bounds",
        "bounds.about":
            "How much longer than first come, first served each class may wait at most.",
        day: "Business day",
        "day.about":
            "Closing ends all tickets not yet served; opened again, numbers go on.",
        "day.open": "Open the day",
        "day.close": "Close the day",
        "day.open.sure": "Really issue numbers again today?",
        "day.close.sure": "Really end today's business? All tickets not yet served expire.",
        "day.done.open": "The day is open: numbers are issued",
        "day.done.close": "The day is closed",
        "day.count.done": "{n} done",
        "day.count.expired": "{n} expired",
        "day.count.unclosed": "{n} still being served",
        "day.count.cancelled": "{n} cancelled",
    },
};

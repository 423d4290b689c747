// Texts of the rating device.

export const messages = {
    "zh-CN": {
        title: "服务评价",
        idle: "欢迎光临",
        invite: "请您对本次服务进行评价",
        thanks: "感谢您的评价",
        clerk: "工作人员 {name}",
        left: "剩余 {n} 秒",
        "level.5": "非常满意",
        "level.4": "满意",
        "level.3": "基本满意",
        "level.2": "不满意",
        "level.1": "非常不满意",
    },
    en: {
        title: "Rate the service",
        idle: "Welcome",
        invite: "Please rate this service",
        thanks: "Thank you for your rating",
        clerk: "served by {name}",
        left: "{n} s left",
        "level.5": "Very satisfied",
        "level.4": "Satisfied",
        "level.3": "Fairly satisfied",
        "level.2": "Dissatisfied",
        "level.1": "Very dissatisfied",
    },
};

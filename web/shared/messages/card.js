// Texts of the service card (一次性告知), at the kiosk and on the phone.

export const messages = {
    "zh-CN": {
        "card.title": "办事指南",
        "card.online": "可以网上办理",
        "card.self_service": "可以自助办理",
        "card.materials": "所需材料",
        "card.time_limit": "办理时限",
        "card.fee": "收费标准",
        "card.place": "办理地点",
        "card.procedure": "办理流程",
        "card.basis": "办理依据",
        "card.back": "返回我的号码",
        "card.version": "取号时的内容，版本 {n}",
        "card.none": "取号时这项业务没有办事指南",
        "card.gone": "这个号码已过期",
    },
    en: {
        "card.title": "What you should know",
        "card.online": "Can be done online",
        "card.self_service": "Can be done at a self-service terminal",
        "card.materials": "Bring with you",
        "card.time_limit": "Time limit",
        "card.fee": "Fee",
        "card.place": "Place",
        "card.procedure": "Procedure",
        "card.basis": "Legal basis",
        "card.back": "Back to my number",
        "card.version": "As it was when the number was taken, version {n}",
        "card.none": "Nothing was told of this service when the number was taken",
        "card.gone": "This number has expired",
    },
};

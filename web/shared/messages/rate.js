// Texts of the five levels, for the rating device and the phone.

export const messages = {
    "zh-CN": {
        "level.5": "非常满意",
        "level.4": "满意",
        "level.3": "基本满意",
        "level.2": "不满意",
        "level.1": "非常不满意",
        reasons: "请告诉我们原因，可多选，也可不选",
        back: "返回",
        send: "提交",
    },
    en: {
        "level.5": "Very satisfied",
        "level.4": "Satisfied",
        "level.3": "Fairly satisfied",
        "level.2": "Dissatisfied",
        "level.1": "Very dissatisfied",
        reasons: "What was the reason? Choose any, or none",
        back: "Back",
        send: "Send",
    },
};

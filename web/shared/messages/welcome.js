// Texts of the welcome screen.

export const messages = {
    "zh-CN": {
        title: "迎宾屏",
        services: "可办业务",
        waiting: "等候 {n} 人",
        closed: "暂不取号",
        offline: "连接中断，以下信息更新于 {time}",
        lost: "连接中断（{time} 起无新信息）",
        "day.0": "星期日",
        "day.1": "星期一",
        "day.2": "星期二",
        "day.3": "星期三",
        "day.4": "星期四",
        "day.5": "星期五",
        "day.6": "星期六",
    },
    en: {
        title: "Welcome",
        services: "What you can do here",
        waiting: "{n} waiting",
        closed: "no numbers now",
        offline: "Connection lost; this is as of {time}",
        lost: "Connection lost, no news since {time}",
        "day.0": "Sunday",
        "day.1": "Monday",
        "day.2": "Tuesday",
        "day.3": "Wednesday",
        "day.4": "Thursday",
        "day.5": "Friday",
        "day.6": "Saturday",
    },
};

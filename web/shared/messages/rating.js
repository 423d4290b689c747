// Texts of the rating device.

export const messages = {
    "zh-CN": {
        title: "服务评价",
        idle: "欢迎光临",
        invite: "请您对本次服务进行评价",
        thanks: "感谢您的评价",
        "thanks.bad": "您的意见已转给大厅负责人",
        already: "本次服务已经评价过了",
        clerk: "工作人员 {name}",
        left: "剩余 {n} 秒",
        "left.reasons": "{n} 秒后提交",
        sending: "正在提交，请稍候",
        "net.late": "暂时连不上服务器。您的选择会在恢复后提交",
        "net.off": "评价器暂时无法使用，请向工作人员说明，或稍后扫描小票上的二维码评价",
    },
    en: {
        title: "Rate the service",
        idle: "Welcome",
        invite: "Please rate this service",
        thanks: "Thank you for your rating",
        "thanks.bad": "The hall manager has been told",
        already: "This service has been rated already",
        clerk: "served by {name}",
        left: "{n} s left",
        "left.reasons": "Sent in {n} s",
        sending: "Sending, one moment please",
        "net.late": "The server cannot be reached. Your choice will be sent when it is back",
        "net.off": "This device is out of order for the moment. Please tell the staff, or rate later by the code on your slip",
    },
};

// Texts of the page with the virtual signs.

export const messages = {
    "zh-CN": {
        title: "虚拟 LED 屏",
        about: "按实际发送的字节解码显示，与墙上的屏看到的完全一致。",
        none: "没有虚拟显示屏",
        nothing: "尚未发送",
        blank: "（空白）",
        wall: "综合屏",
        facts: "驱动 {driver} · 地址 {address} · 已发送 {frames} 帧",
        "error.crc": "校验错误",
        "error.frame": "帧错误",
        "error.register": "未知寄存器",
    },
    en: {
        title: "Virtual LED signs",
        about: "Decoded from the very bytes that were sent, as the sign on the wall would.",
        none: "There are no virtual signs",
        nothing: "nothing sent yet",
        blank: "(blank)",
        wall: "Hall sign",
        facts: "driver {driver} · address {address} · {frames} frames sent",
        "error.crc": "checksum wrong",
        "error.frame": "frame wrong",
        "error.register": "unknown register",
    },
};

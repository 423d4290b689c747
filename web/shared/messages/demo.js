// Texts of the demo page.

export const messages = {
    "zh-CN": {
        title: "hallcall 演示大厅",
        subtitle: "演示大厅：一次按键，全厅可见",
        pages: "各页面",
        open: "单独打开 ↗",
        "open.label": "单独打开：{name}",
        "step.1": "在取号机上选择业务，取得号码。",
        "step.2": "在窗口 1 或 3 点“上岗”，再点“下一位”（F2）。",
        "step.3": "大屏、窗口 LED 同时显示同一个号码；LED 按实际发送的字节绘制。",
        "step.4": "点“开始”“完成”，或试试重呼、过号、挂起、转移、撤销。",
        "frame.kiosk": "取号机",
        "frame.display": "等候区综合屏",
        "frame.clerk1": "1 号窗口 叫号台",
        "frame.clerk3": "3 号窗口 叫号台",
        "frame.leds": "窗口 LED 屏（虚拟）",
    },
    en: {
        title: "hallcall demo hall",
        subtitle: "demo hall: one press, seen everywhere",
        pages: "Pages",
        open: "open alone ↗",
        "open.label": "Open alone: {name}",
        "step.1": "Choose a service at the kiosk and take a number.",
        "step.2": "At window 1 or 3 press “Open”, then “Next” (F2).",
        "step.3":
            "Display and LED signs show the same number; the signs are drawn from the bytes sent.",
        "step.4": "Press “Start” and “Finish”, or try recall, no-show, hold, transfer and undo.",
        "frame.kiosk": "Ticket kiosk",
        "frame.display": "Hall display",
        "frame.clerk1": "Clerk at window 1",
        "frame.clerk3": "Clerk at window 3",
        "frame.leds": "LED signs (virtual)",
    },
};

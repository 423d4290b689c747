// Texts of what a screen tells whoever sets it up.

export const messages = {
    "zh-CN": {
        "hint.wrong": "网址参数有误，未采用：{list}",
        "hint.zone": "本厅有多个区域，未说明本屏在哪一区，因此不播报语音。请在网址中写明：{list}；不需要语音则写 voice=off",
        "hint.nozone": "本厅没有区域 {zone}，网址应写：{list}",
        "hint.small": "{distance} 米外需要 {need} 毫米高的数字，现为 {is} 毫米：请写 rows={rows}，或用更大的屏幕",
    },
    en: {
        "hint.wrong": "Wrong in the address and not used: {list}",
        "hint.zone":
            "The hall has several zones and this screen was not told where it stands, so it does not speak. Add to its address {list}, or voice=off",
        "hint.nozone": "The hall has no zone {zone}; its address may say {list}",
        "hint.small":
            "From {distance} m digits must be {need} mm high, these are {is} mm: write rows={rows}, or take a larger screen",
    },
};

// golden: the sentences that announcements must be, made by other rules than the program's: words are looked up in
// lists written by hand, sentences are templates with holes. Prints one case a line, parts apart by tabs:
//
//   kind  place  number  window  calls  text  yao  zh-CN  en
//
//   node tests/voice/golden.mjs > tests/voice/phrases.tsv

const ZH = [..."零一二三四五六七八九"];
const EN = "zero one two three four five six seven eight nine".split(" ");
const ZH_WINDOWS = "一 二 三 四 五 六 七 八 九 十 十一 十二".split(" ");
const EN_WINDOWS = "one two three four five six seven eight nine ten eleven twelve".split(" ");
// Written out by hand: where numerals have their traps.
const MORE_WINDOWS = new Map([
    [13, ["十三", "thirteen"]], [15, ["十五", "fifteen"]], [19, ["十九", "nineteen"]], [20, ["二十", "twenty"]],
    [21, ["二十一", "twenty one"]], [30, ["三十", "thirty"]], [42, ["四十二", "forty two"]], [55, ["五十五", "fifty five"]],
    [68, ["六十八", "sixty eight"]], [70, ["七十", "seventy"]], [86, ["八十六", "eighty six"]], [99, ["九十九", "ninety nine"]],
    [100, ["一百", "one hundred"]], [101, ["一百零一", "one hundred and one"]],
    [110, ["一百一十", "one hundred and ten"]], [112, ["一百一十二", "one hundred and twelve"]],
    [118, ["一百一十八", "one hundred and eighteen"]], [120, ["一百二十", "one hundred and twenty"]],
    [200, ["二百", "two hundred"]], [201, ["二百零一", "two hundred and one"]], [310, ["三百一十", "three hundred and ten"]],
    [999, ["九百九十九", "nine hundred and ninety nine"]],
]);

const spell = (number, words) => [...number].map((c) => (c >= "0" && c <= "9" ? words[c] : c));
const zh = (number, words = ZH) => spell(number, words).join("");
const en = (number) => spell(number, EN).join(" ");
const YAO = ZH.map((word) => (word === "一" ? "幺" : word));

function row(kind, fields, chinese, english) {
    const { place = "window", number = "", window = 0, calls = 0, text = "", yao = 0 } = fields;
    console.log([kind, place, number, window, calls, text, yao, chinese, english].join("\t"));
}

function call(number, window, zhWindow, enWindow) {
    row("call", { number, window }, `请${zh(number)}号到${zhWindow}号窗口`, `Ticket ${en(number)}, window ${enWindow}`);
}

// Every number from 0 to 999, with every letter and every one of twelve windows.
for (let n = 0; n <= 999; n++) {
    const number = String.fromCharCode(65 + (n % 26)) + String(n).padStart(3, "0");
    call(number, (n % 12) + 1, ZH_WINDOWS[n % 12], EN_WINDOWS[n % 12]);
}
// Every letter at every window.
for (let letter = 0; letter < 26; letter++) {
    for (let window = 1; window <= 12; window++) {
        call(`${String.fromCharCode(65 + letter)}07`, window, ZH_WINDOWS[window - 1], EN_WINDOWS[window - 1]);
    }
}
for (const [window, [zhWindow, enWindow]] of MORE_WINDOWS) {
    call("A012", window, zhWindow, enWindow);
}
for (const prefix of ["", "AB", "VIP"]) {
    call(`${prefix}1205`, 3, "三", "three");
}

// The other sentences, by hand.
const A012 = { number: "A012", window: 3 };
row("call", { ...A012, yao: 1 }, "请A零幺二号到三号窗口", "Ticket A zero one two, window three");
row("call", { number: "A111", window: 11, yao: 1 }, "请A幺幺幺号到十一号窗口", "Ticket A one one one, window eleven");
row("call", { ...A012, window: 2, place: "room" }, "请A零一二号到二诊室就诊", "Ticket A zero one two, room two");
row("call", { ...A012, window: 2, place: "pharmacy" }, "请A零一二号到二号窗口取药",
    "Ticket A zero one two, window two to collect medicine");
const AGAIN = [["二", "Second"], ["三", "Third"], ["四", "Fourth"], ["五", "Fifth"], ["六", "Another"]];
AGAIN.forEach(([chinese, english], i) => row("recall", { ...A012, calls: i + 2 },
    `第${chinese}次呼叫，请A零一二号到三号窗口`, `${english} call for ticket A zero one two, window three`));
row("recall", { ...A012, calls: 12 }, "第十二次呼叫，请A零一二号到三号窗口",
    "Another call for ticket A zero one two, window three");
row("transfer", { ...A012, window: 5 }, "请A零一二号转到五号窗口", "Ticket A zero one two, please move to window five");
row("return_to_window", { ...A012 }, "请A零一二号返回三号窗口", "Ticket A zero one two, please return to window three");
row("rating", { ...A012 }, "请您对本次服务进行评价", "Please rate this service");
row("lost_property", {}, "拾到失物，请失主到服务台认领",
    "Lost property was found. Please come to the service desk to collect it");
row("lost_property", { window: 4 }, "拾到失物，请失主到四号窗口认领",
    "Lost property was found. Please come to window four to collect it");
row("soon", { text: "A013" }, "请A零一三号做好准备", "Ticket A zero one three, please get ready");
row("soon", { text: "A013,A014" }, "请A零一三至A零一四号做好准备",
    "Tickets A zero one three to A zero one four, please get ready");
row("soon", { text: "A013,A014,A015" }, "请A零一三至A零一五号做好准备",
    "Tickets A zero one three to A zero one five, please get ready");
row("soon", { text: "A099,A100" }, "请A零九九至A一零零号做好准备",
    "Tickets A zero nine nine to A one zero zero, please get ready");
row("soon", { text: "A013,B002,A015" }, "请A零一三号，B零零二号，A零一五号做好准备",
    "Tickets A zero one three, B zero zero two, A zero one five, please get ready");
// What cannot be said in clips: a free text, other characters, no window.
row("text", { text: "停电演练" }, "", "");
row("call", { number: "甲01", window: 3 }, "", "");
row("call", { number: "A-1", window: 3 }, "", "");
row("call", { number: "A012" }, "", "");
row("call", { window: 3 }, "", "");

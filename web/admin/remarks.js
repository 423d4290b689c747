// remarks: what the server says of a configuration below the table of its bounds, line by line, in
// the reader's language. The server's lines are English; each has its pattern here, and a test
// compares them with the server's own. A line that is not known is shown as it came.

const PATTERNS = [
    [/^ok: hall (\S+): (\d+) zones, (\d+) classes, (\d+) services, (\d+) windows, (\d+) ports, (\d+) displays$/, "大厅 $1：$2 个等候区，$3 个类别，$4 项业务，$5 个窗口，$6 个接口，$7 块屏"],
    [/^ok: the business day closes at (\d\d:\d\d) of the next morning, (\S+)$/, "营业日在次日 $1 结束，时区 $2"],
    [/^ok: the business day closes at (\d\d:\d\d), (\S+)$/, "营业日在 $1 结束，时区 $2"],
    [/^ok: no ticket is passed by policy more than (-?\d+) times$/, "按规则，每个号最多被超过 $1 次"],
    [/^ok: every service has a window that takes it first, for every class$/, "每项业务的每个类别都有主办窗口"],
    [/^ok: no warnings$/, "没有警告"],
    [/^(\d+) warnings$/, "$1 条警告"],
    [/^warning: service (\S+), class (\S+): no window takes it first, only as backup$/, "业务 $1、类别 $2：没有主办窗口，只有后备"],
    [/^warning: service (\S+), class (\S+): no window takes it: these numbers are never called$/, "业务 $1、类别 $2：没有窗口办理，这些号永远不会叫到"],
    [/^warning: \.\.\. and (\d+) more of these$/, "另有 $1 条同样的警告"],
    [/^warning: window (\d+) has no services$/, "$1 号窗口没有业务"],
    [/^warning: \/notices: none of category (\S+)$/, "没有类别为 $1 的公告"],
    [/^warning: \/policy\/w_share 100: .*$/, "照顾久等者的份额为 100：人多时大家都久等，就变成先到先办，老人也一样等；50 比较合适"],
    [/^warning: \/policy\/w_share 0: .*$/, "照顾久等者的份额为 0：“等候过久”不起作用"],
    [/^warning: \/policy\/rule strict: .*$/, "绝对优先：高类别没有人等候了，低类别才轮到；只有“被超过的上限”和“等候过久”保护他们"],
    [/^warning: \/policy\/rule fifo: .*$/, "先到先办：提前量和等候快慢不起作用，没有人优先"],
    [/^warning: \/policy\/rule longest: .*$/, "最长队优先：短队里的人可能一直等下去；仅供比较"],
    [/^warning: \/policy\/rule ratio: .*$/, "按比例：优先的人多于他们的份额时，反而比别人等得久"],
    [/^warning: \/policy\/group_weights\/(\d+) is 0: .*$/, "第 $1 组的份额为 0：别的组没有人时才叫它"],
    [/^note: group (\d+) gets (\d+) of (\d+) calls; more than (\d+) % of the visitors .*$/, "第 $1 组每 $3 次叫号得 $2 次；人数超过 $4 % 时，它比别的组慢"],
    [/^warning: class (\S+): cap -1: .*$/, "类别 $1：不限被超过的次数，它的号没有任何保证"],
    [/^warning: class (\S+): cap (\d+): .*$/, "类别 $1：被超过的上限为 $2，几乎是先到先办，有它等候时优先作用很小"],
    [/^warning: class (\S+): head_s (-?\d+) is smaller than that of (\S+) \((-?\d+)\): it starts behind$/, "类别 $1：提前量 $2 秒小于 $3 的 $4 秒，一开始就落后"],
    [/^warning: class (\S+): rate_pm (\d+) is smaller than that of (\S+) \((\d+)\): it falls behind while it waits$/, "类别 $1：等候快慢 $2 小于 $3 的 $4，越等越落后"],
    [/^warning: class (\S+): max_wait_s 0: .*$/, "类别 $1：没有“等候过久”，等得很久也不会加快"],
    [/^warning: class (\S+): max_wait_s (\d+) is below target_wait_s (\d+) of service (\S+): .*$/, "类别 $1：“等候过久” $2 秒低于业务 $4 的目标 $3 秒，正常等候也算过久"],
    [/^urgent: never granted$/, "急办：从不批准"],
    [/^urgent: at most (\d+) at once, one more every (\d+) s, (\d+) a day; .* waits (\d+) min at most (\d+) times$/, "急办：同时最多 $1 个，每 $2 秒恢复一个，一天 $3 个；另外计算，等候 $4 分钟的人最多被急办超过 $5 次"],
    [/^max wait: (\S+) over (\d+) min: of 100 calls of the service at least (\d+) go to tickets as old or older$/, "久等：$1 等候超过 $2 分钟后，该业务每 100 次叫号至少 $3 次给同样久或更久的号"],
];

/* The lines after the table, each whole: what is indented goes on with the line before. */
function linesOf(text) {
    const lines = [];
    for (const line of text.split("\n")) {
        if (/^\s+\S/.test(line) && lines.length > 0) {
            lines.push(`${lines.pop()} ${line.trim()}`);
        } else {
            lines.push(line.trim());
        }
    }
    return lines.filter((line) => /^(ok|warning|note|urgent|max wait): |^\d+ warnings$/.test(line));
}

export function remarkIn(line, lang) {
    if (lang === "en") {
        return line.replace(/^(ok|warning|note): /, "");
    }
    const found = PATTERNS.find(([pattern]) => pattern.test(line));
    return found ? line.replace(found[0], found[1]) : line;
}

/* [{ bad, text }], warnings first. */
export function remarksOf(text, lang) {
    const all = linesOf(text).map((line) => ({
        bad: line.startsWith("warning: "),
        text: remarkIn(line, lang),
    }));
    return [...all.filter((one) => one.bad), ...all.filter((one) => !one.bad)];
}

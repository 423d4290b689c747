// scan: a slip scanner that types like a keyboard. What arrives faster than a hand can type and ends
// with Enter is a scan, and never presses the button that happens to have the focus.

const APART_MS = 60; // scanners send a character every 1 to 30 ms; a fast typist takes 80
const LEAST = 3;
const LONGEST = 255;

/* `onScan(text)`. Fields and dialogs get their keys as ever. */
export function wireScanner(onScan) {
    let text = "";
    let last = -Infinity;
    const listen = (event) => {
        const field = event.target.closest?.("input, textarea, select, dialog");
        if (field || event.ctrlKey || event.altKey || event.metaKey) {
            return;
        }
        const quick = event.timeStamp - last < APART_MS;
        last = event.timeStamp;
        if (event.key.length === 1) {
            text = quick ? (text + event.key).slice(0, LONGEST) : event.key;
            if (quick) {
                event.preventDefault();
            }
            return;
        }
        if (event.key === "Enter" && quick && text.length >= LEAST) {
            event.preventDefault();
            event.stopPropagation();
            onScan(text);
        }
        if (event.key !== "Shift") {
            text = "";
        }
    };
    document.addEventListener("keydown", listen, { capture: true });
}

// legible: how large digits must be to be read from where people sit, and how many rows that leaves.
// Digits are read well at 20 minutes of arc: 29 mm from 5 m, 58 mm from 10 m, 87 mm from 15 m.

const MM_PER_INCH = 25.4;
const ARC = (20 / 60) * (Math.PI / 180);
const ROWS_MAX = 6; // more calls than that nobody reads through

export function digitMm(distanceM) {
    return Math.tan(ARC) * distanceM * 1000;
}

/* `width` and `height` of the screen in the page's pixels, its diagonal in inches. */
export function pixelsPerMm(diagonalInches, width, height) {
    return Math.hypot(width, height) / (diagonalInches * MM_PER_INCH);
}

/* How many rows fit into `height` when the digits, which take `share` of a row, are `digit` high. */
export function legibleRows({ height, gap, digit, share }) {
    return Math.min(ROWS_MAX, Math.max(1, Math.floor((height + gap) / (digit / share + gap))));
}

/* How high a digit of this font is, as a part of the font's size. */
function digitPart(element) {
    const { fontFamily, fontWeight } = getComputedStyle(element);
    const context = document.createElement("canvas").getContext("2d");
    context.font = `${fontWeight} 100px ${fontFamily}`;
    return context.measureText("0").actualBoundingBoxAscent / 100;
}

/* Height of the digits of an element, in pixels. */
export function digitHeight(element) {
    return parseFloat(getComputedStyle(element).fontSize) * digitPart(element);
}

/* Of the height of a row, what its digits take: the font fills this much of it (display.css). */
export function digitShare(element) {
    return 0.92 * digitPart(element);
}

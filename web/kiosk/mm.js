// mm: how large a millimetre is on this screen. The address gives the diagonal in inches
// (?diagonal=21.5); without it a usual desk screen is assumed.

const MM_PER_INCH = 25.4;
const USUAL_PX_PER_MM = 96 / MM_PER_INCH;

export function pixelsPerMm(diagonalInches, widthPx, heightPx) {
    if (!(diagonalInches >= 5 && diagonalInches <= 120)) {
        return USUAL_PX_PER_MM;
    }
    return Math.hypot(widthPx, heightPx) / (diagonalInches * MM_PER_INCH);
}

/* Sets --mm and returns it, in pixels. */
export function applyMillimetres() {
    const diagonal = Number(new URLSearchParams(location.search).get("diagonal"));
    const size = pixelsPerMm(diagonal, screen.width, screen.height);
    document.documentElement.style.setProperty("--mm", `${size.toFixed(3)}px`);
    return size;
}

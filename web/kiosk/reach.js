// reach: low-reach mode puts everything that can be touched between 380 and 1220 mm above the floor (EN 301 549, 8.3,
// forward reach), by where the lower edge of the screen hangs: ?lower_edge=750 in millimetres. Unknown, the lower six
// tenths of the screen are used.

const LOWEST_MM = 380;
const HIGHEST_MM = 1220;
const USUAL_SHARE = 0.6;

/* Pixels from the lower edge of the screen to the lower and to the upper end of the band. */
export function reachBand(lowerEdgeMm, heightPx, pixelsPerMm) {
    if (!(lowerEdgeMm >= 0 && lowerEdgeMm < HIGHEST_MM)) {
        return { from: 0, to: USUAL_SHARE * heightPx };
    }
    const from = Math.max(0, (LOWEST_MM - lowerEdgeMm) * pixelsPerMm);
    return { from, to: Math.max(from, Math.min(heightPx, (HIGHEST_MM - lowerEdgeMm) * pixelsPerMm)) };
}

/* The band as custom properties; the style sheet uses them where the page has class "reach". */
export function applyReach(pixelsPerMm) {
    const asked = new URLSearchParams(location.search).get("lower_edge");
    const apply = () => {
        const { from, to } = reachBand(asked === null ? NaN : Number(asked), window.innerHeight, pixelsPerMm);
        document.documentElement.style.setProperty("--reach-from", `${from.toFixed(1)}px`);
        document.documentElement.style.setProperty("--reach-to", `${to.toFixed(1)}px`);
    };
    apply();
    window.addEventListener("resize", apply);
}

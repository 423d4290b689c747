// print: what becomes of the slip of the number on the screen. The number is there before the paper;
// when no paper comes, the person is told so while still standing here.

const ASK_MS = 1000;

/* Tells `show` the print state now and with each change, until it is final. Returns how to stop. */
export function watchPrint(api, ticket, show) {
    const path = `/api/v1/public/tickets/${ticket.public_url.split("/").at(-1)}`;
    let state = ticket.print_state;
    let timer = 0;
    let stopped = false;

    const ask = async () => {
        try {
            const { data } = await api.get(path);
            if (!stopped && data && data.print_state !== state) {
                state = data.print_state;
                show(state);
            }
        } catch {
            // The number stands on the screen; what is missing is news of the paper.
        }
        if (!stopped && state === "queued") {
            timer = setTimeout(ask, ASK_MS);
        }
    };

    show(state);
    if (state === "queued") {
        timer = setTimeout(ask, ASK_MS);
    }
    return () => {
        stopped = true;
        clearTimeout(timer);
    };
}

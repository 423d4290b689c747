/* device_sim: a line with signs of one protocol: frames out of bytes, faults, and answers that wait
 * for their time.
 *
 * A frame goes through: taken by the protocol's sim codec, for one of our addresses or for all,
 * lost with some probability, then shown; its answer lost or garbled with some probability, then
 * kept until its delay is over. Answers are sent whole and in the order of their frames. */
#include "device_sim.h"

#include <stdlib.h>
#include <string.h>

#include "device_sim_internal.h"

#define INPUT_MAX (2 * DEVICE_FRAME_MAX)
#define WAITING_MAX 32 /* a host asks one thing at a time; beyond, answers are lost */
#define SCREEN_MAX 256 /* signs and rows; beyond, nothing is told of them */
#define SILENT_MS 20   /* this long without a byte ends a frame */
#define NOISE_MAX 4

struct waiting {
    struct device_frame frame;
    int64_t due_ms;
};

struct device_sim {
    struct device_sim_options options;
    const struct sim_codec *codec;
    uint64_t random;
    uint8_t input[INPUT_MAX];
    size_t input_length;
    int64_t input_ms; /* of the last byte */
    struct waiting waiting[WAITING_MAX];
    int waiting_first, waiting_count;
    struct sim_screen screens[SCREEN_MAX];
    int screen_count;
};

enum err device_sim_create(const struct device_sim_options *options, struct device_sim **ret_sim)
{
    if (device_find_driver(options->driver) == NULL) {
        return ERR_INVALID_OPTION;
    }
    struct device_sim *sim = calloc(1, sizeof *sim);
    if (sim == NULL) {
        return ERR_NO_MEMORY;
    }
    sim->options = *options;
    sim->codec = sim_find_codec(options->driver);
    sim->options.driver = sim->codec->driver;
    sim->random = options->seed * 2 + 1; /* never 0, from which nothing would come */
    *ret_sim = sim;
    return ERR_NONE;
}

void device_sim_destroy(struct device_sim *sim)
{
    free(sim);
}

/* ---- faults ---- */

/* xorshift64*: the same seed gives the same faults on every machine. */
static uint32_t draw(struct device_sim *sim)
{
    sim->random ^= sim->random >> 12;
    sim->random ^= sim->random << 25;
    sim->random ^= sim->random >> 27;
    return (uint32_t)(sim->random * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

static bool happens(struct device_sim *sim, int percent)
{
    return percent > 0 && draw(sim) % 100 < (uint32_t)percent;
}

/* A bit turned over, the end cut off, or bytes before it. */
static void garble(struct device_sim *sim, struct device_frame *frame)
{
    uint32_t at = draw(sim) % (uint32_t)frame->length;
    uint32_t kind = draw(sim) % 3;

    if (kind == 0) {
        frame->bytes[at] ^= (uint8_t)(1u << draw(sim) % 8);
    } else if (kind == 1) {
        frame->length = at;
    } else if (frame->length + NOISE_MAX <= sizeof frame->bytes) {
        memmove(frame->bytes + NOISE_MAX, frame->bytes, frame->length);
        frame->length += NOISE_MAX;
        for (int i = 0; i < NOISE_MAX; i++) {
            frame->bytes[i] = (uint8_t)draw(sim);
        }
    }
}

/* ---- frames ---- */

static bool is_ours(const struct device_sim *sim, int address)
{
    bool ours = sim->options.address_count == 0;

    for (int i = 0; i < sim->options.address_count && !ours; i++) {
        ours = sim->options.addresses[i] == address;
    }
    return ours;
}

static struct sim_screen *find_screen(struct device_sim *sim, int address, int row)
{
    for (int i = 0; i < sim->screen_count; i++) {
        if (sim->screens[i].address == address && sim->screens[i].row == row) {
            return &sim->screens[i];
        }
    }
    if (sim->screen_count == SCREEN_MAX) {
        return NULL;
    }
    struct sim_screen *screen = &sim->screens[sim->screen_count++];
    *screen = (struct sim_screen){.address = address, .row = row, .dark = true};
    return screen;
}

static void show(struct device_sim *sim, const struct sim_heard *heard, int64_t now_ms)
{
    struct sim_screen *screen = find_screen(sim, heard->address, heard->row);

    if (screen != NULL) {
        sim_screen_take(screen, heard, now_ms);
    }
}

static void answer(struct device_sim *sim, const struct device_frame *frame, int64_t now_ms)
{
    if (frame->length == 0 || sim->waiting_count == WAITING_MAX) {
        return;
    }
    int at = (sim->waiting_first + sim->waiting_count) % WAITING_MAX;
    struct waiting *waiting = &sim->waiting[at];
    waiting->frame = *frame;
    waiting->due_ms = now_ms + sim->options.delay_ms;
    if (happens(sim, sim->options.noise_percent)) {
        garble(sim, &waiting->frame);
    }
    sim->waiting_count += waiting->frame.length > 0 ? 1 : 0;
}

static void take_frame(struct device_sim *sim, const struct sim_heard *heard, int64_t now_ms)
{
    bool lost = happens(sim, sim->options.drop_percent);
    bool heard_first = lost && draw(sim) % 2 == 0; /* then only its answer is lost */

    if (!is_ours(sim, heard->address) && heard->address != 0) {
        return;
    }
    if (heard->shows && !sim->options.refuse && (!lost || heard_first)) {
        show(sim, heard, now_ms);
    }
    if (!lost) {
        answer(sim, sim->options.refuse ? &heard->refusal : &heard->answer, now_ms);
    }
}

/* Takes what is complete off the front. */
static void take_frames(struct device_sim *sim, bool silent, int64_t now_ms)
{
    /* Each round takes at least one byte. */
    while (sim->input_length > 0) {
        struct sim_heard heard = {.used = 0};
        bool full = sim->input_length == INPUT_MAX;
        if (!sim->codec->take(sim->input, sim->input_length, silent || full, &heard)) {
            return;
        }
        size_t used = heard.used > 0 && heard.used < sim->input_length ? heard.used
                      : heard.used == 0                                ? 1
                                                                       : sim->input_length;
        if (heard.whole) {
            take_frame(sim, &heard, now_ms);
        }
        sim->input_length -= used;
        memmove(sim->input, sim->input + used, sim->input_length);
    }
}

void device_sim_take(struct device_sim *sim, const uint8_t *bytes, size_t length, int64_t now_ms)
{
    while (length > 0) {
        size_t room = INPUT_MAX - sim->input_length;
        size_t count = length < room ? length : room;
        memcpy(sim->input + sim->input_length, bytes, count);
        sim->input_length += count;
        sim->input_ms = now_ms;
        bytes += count;
        length -= count;
        take_frames(sim, false, now_ms); /* a full input is always taken from */
    }
}

/* ---- what comes of it ---- */

bool device_sim_line(struct device_sim *sim, int64_t now_ms, char line[DEVICE_SIM_LINE_SIZE])
{
    if (sim->input_length > 0 && now_ms - sim->input_ms >= SILENT_MS) {
        take_frames(sim, true, now_ms);
    }
    for (int i = 0; i < sim->screen_count; i++) {
        if (sim_screen_line(&sim->screens[i], now_ms, line)) {
            return true;
        }
    }
    return false;
}

size_t device_sim_send(struct device_sim *sim, int64_t now_ms, uint8_t *bytes, size_t size)
{
    const struct waiting *waiting = &sim->waiting[sim->waiting_first];
    size_t length = waiting->frame.length;

    if (sim->waiting_count == 0 || now_ms < waiting->due_ms || length > size) {
        return 0;
    }
    memcpy(bytes, waiting->frame.bytes, length);
    sim->waiting_first = (sim->waiting_first + 1) % WAITING_MAX;
    sim->waiting_count--;
    return length;
}

int64_t device_sim_due_ms(const struct device_sim *sim)
{
    int64_t due_ms = sim->input_length > 0 ? sim->input_ms + SILENT_MS : INT64_MAX;

    if (sim->waiting_count > 0 && sim->waiting[sim->waiting_first].due_ms < due_ms) {
        due_ms = sim->waiting[sim->waiting_first].due_ms;
    }
    for (int i = 0; i < sim->screen_count; i++) {
        int64_t screen_ms = sim_screen_due_ms(&sim->screens[i]);
        due_ms = screen_ms < due_ms ? screen_ms : due_ms;
    }
    return due_ms;
}

void device_sim_cut(struct device_sim *sim)
{
    sim->input_length = 0;
    sim->waiting_count = 0;
}

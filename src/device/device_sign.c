/* device_sign: one sign: what it shall show, what it shows, and so what it needs next.
 *
 * Pure decisions over a struct: time comes in, no port is touched. The wanted content is the newest
 * of the bus, encoded at once, so that what cannot be shown is known before the port is asked: a
 * text that the driver refuses gives way to the number, a number that it refuses to a dark sign. A
 * sign that was never set on the bus is dark as well: an old number of yesterday must not stay.
 *
 * Order: calls no one sees yet, other changes, blinking, refresh; within one kind the oldest first,
 * so that no sign waits for ever. A refresh or a probe that is late by LATE_MS counts as blinking
 * does.
 *
 * A sign that does not answer is probed with its newest content. While it may slow others it is
 * soon probed at PROBE_SLOW_MS only; as long as no neighbour would notice, at PROBE_MS, to show the
 * truth within two seconds of a repair. */
#include <assert.h>
#include <string.h>

#include "device_internal.h"

#define BLINK_HALF_MS 500
#define BLINK_MS 10000
#define LATE_MS 1000
#define PROBE_MS 1500
#define PROBE_SLOW_MS 10000
#define PROBE_SOON_MS                                                                              \
    30000 /* how long a repair is likely to come soon, and is waited for eagerly */

_Static_assert(BUS_SIM_BYTES >= DEVICE_FRAME_MAX, "a virtual display holds any frame");

static enum err encode(struct device_sign *sign, const struct device_content *content,
                       struct device_frame *frame)
{
    return sign->driver->encode(&sign->display, content, frame->bytes, sizeof frame->bytes,
                                &frame->length);
}

static enum err encode_dark(struct device_sign *sign, struct device_frame *frame)
{
    struct device_content content = {.blank = true};

    content.sign.window = sign->display.window;
    content.sign.state = BOARD_CLOSED;
    return encode(sign, &content, frame);
}

static const char *find_fault(struct device_sign *sign, bool zone_known)
{
    const struct wire_display *display = &sign->display;

    sign->driver = device_find_driver(display->driver);
    if (sign->driver == NULL) {
        return "unknown driver";
    }
    if (display->address < sign->driver->address_min ||
        display->address > sign->driver->address_max) {
        return "address out of the driver's range";
    }
    for (int i = 0; i < display->option_count; i++) {
        if (!link_text_lists(sign->driver->options, display->options[i].key)) {
            return "option the driver does not have";
        }
    }
    if (display->window == 0 && !zone_known) {
        return "unknown zone";
    }
    if ((display->welcome || display->notices) && sign->driver->script == DEVICE_SCRIPT_DIGITS) {
        return "it shows numbers only: no notices, no welcome";
    }
    if (encode_dark(sign, &sign->dark)) {
        return "option with an impossible value";
    }
    return NULL;
}

/* Is an answer to be expected? Not to a broadcast, and not where the options turn answers off. */
static bool is_answering(const struct device_sign *sign)
{
    uint8_t none[1] = {0};

    return sign->driver->answers &&
           sign->driver->judge(sign->dark.bytes, sign->dark.length, none, 0) != DEVICE_ANSWER_OK;
}

enum err device_check_display(const struct wire_display *display, const char **ret_reason)
{
    struct device_sign sign = {.display = *display};
    const char *fault = find_fault(&sign, true);

    if (fault == NULL) {
        return ERR_NONE;
    }
    *ret_reason = fault;
    return ERR_INVALID_OPTION;
}

void device_sign_init(struct device_sign *sign, const struct wire_display *display, int zone,
                      bool zone_known)
{
    memset(sign, 0, sizeof *sign);
    sign->display = *display;
    sign->zone = zone;
    sign->detail = "";
    sign->fault = find_fault(sign, zone_known);
    bool answers = false;
    if (sign->fault == NULL) {
        sign->lit = sign->dark;
        device_pages_start(sign);
        answers = is_answering(sign);
        if (sign->driver->ping != NULL &&
            sign->driver->ping(display, sign->ping.bytes, sizeof sign->ping.bytes,
                               &sign->ping.length)) {
            sign->ping.length = 0;
        }
    }
    device_health_init(&sign->health, display->code, display->driver, display->port, answers);
}

/* ---- wanted ---- */

/* A driver for one line shows the newest call of a zone. */
static void take_newest_call(struct device_content *content)
{
    const struct board_call *call = &content->calls[0];

    if (content->call_count == 0) {
        content->sign.state = BOARD_IDLE;
        return;
    }
    content->sign.state = call->state == TICKET_CALLED ? BOARD_CALLING : BOARD_SERVING;
    content->sign.window = call->window;
    content->sign.calls = call->calls;
    content->sign.since_ms = call->at_ms;
    memcpy(content->sign.number, call->number, sizeof content->sign.number);
}

/* The content on the bus; false when it was never set. */
static bool read_bus(const struct device_sign *sign, struct bus *bus,
                     struct device_content *content, uint64_t *ret_version)
{
    if (sign->display.window != 0) {
        return bus_get_sign(bus, sign->display.window, &content->sign, ret_version) == ERR_NONE;
    }
    if (sign->display.welcome) {
        content->sign.state = BOARD_IDLE;
        (void)bus_get_rows(bus, sign->zone, 0, NULL, 0, ret_version);
        return *ret_version != 0;
    }
    int count = bus_get_calls(bus, sign->zone, content->calls, ret_version);
    assert(count >= 0 && count <= BOARD_CALL_MAX);
    int rows = device_pages_body_rows(sign);
    content->call_count = count < rows ? count : rows;
    take_newest_call(content);
    return *ret_version != 0;
}

/* Encodes what can be shown of it; what else the sign has to tell gives way to it. */
static void encode_content(struct device_sign *sign, struct bus *bus, int64_t now_ms)
{
    struct device_content content = sign->content;
    device_pages_fill(sign, bus, &content, now_ms);
    enum err err = encode(sign, &content, &sign->lit);

    sign->unshown = sign->pages.left_out != 0 ? ERR_UNSHOWABLE : ERR_NONE;
    while (err && device_pages_refused(sign)) {
        sign->unshown = err;
        content = sign->content;
        device_pages_fill(sign, bus, &content, now_ms);
        err = encode(sign, &content, &sign->lit);
    }
    if (err && (content.sign.text_zh[0] != '\0' || content.sign.text_en[0] != '\0')) {
        content.sign.text_zh[0] = '\0';
        content.sign.text_en[0] = '\0';
        err = encode(sign, &content, &sign->lit);
    }
    sign->unshown = err ? err : sign->unshown;
    content.blank = true;
    if (err || encode(sign, &content, &sign->dark)) {
        enum err dark_err = encode_dark(sign, &sign->dark);
        assert(dark_err == ERR_NONE); /* find_fault() tried it */
        (void)dark_err;
        if (err) {
            sign->lit = sign->dark;
        }
    }
}

static bool is_new_call(const struct board_sign *old, const struct board_sign *new)
{
    return new->state == BOARD_CALLING &&
           (old->state != BOARD_CALLING || old->calls != new->calls || old->window != new->window ||
            strcmp(old->number, new->number) != 0);
}

static bool can_blink(const struct device_sign *sign)
{
    return sign->driver->blinks &&
           (sign->lit.length != sign->dark.length ||
            memcmp(sign->lit.bytes, sign->dark.bytes, sign->lit.length) != 0);
}

/* The wanted content is another than before. */
static void take_content(struct device_sign *sign, const struct device_content *content,
                         struct bus *bus, int64_t now_ms)
{
    bool called = is_new_call(&sign->content.sign, &content->sign);

    if (sign->known || (called && !sign->called)) {
        sign->wanted_ms = now_ms; /* else it waits already and keeps its turn */
    }
    sign->content = *content;
    if (called || sign->display.window != 0) {
        sign->pages.left_out = sign->display.window != 0 ? 0 : sign->pages.left_out;
        device_pages_reset(&sign->pages);
    }
    encode_content(sign, bus, now_ms);
    if (sign->unshown != ERR_NONE) {
        device_health_count(&sign->health, BUS_TROUBLE_UNSHOWABLE);
    }
    sign->known = false;
    sign->refused = false;
    sign->called = content->sign.state == BOARD_CALLING && (called || sign->called);
    if (content->sign.state != BOARD_CALLING || !can_blink(sign)) {
        sign->blink_until_ms = 0;
    } else if (called) {
        sign->blink_until_ms = now_ms + BLINK_MS;
    }
}

/* Another page of the same. */
static void turn_page(struct device_sign *sign, struct bus *bus, int64_t now_ms)
{
    struct device_frame before = sign->lit;
    uint64_t left_out = sign->pages.left_out;

    encode_content(sign, bus, now_ms);
    if ((sign->pages.left_out & ~left_out) != 0) {
        device_health_count(&sign->health, BUS_TROUBLE_UNSHOWABLE);
    }
    if (before.length == sign->lit.length &&
        memcmp(before.bytes, sign->lit.bytes, before.length) == 0) {
        return;
    }
    if (sign->known) {
        sign->wanted_ms = now_ms;
    }
    sign->known = false;
    sign->refused = false;
}

void device_sign_update(struct device_sign *sign, struct bus *bus, int64_t now_ms)
{
    struct device_content content = {0};
    uint64_t version = 0;

    if (sign->fault != NULL || !read_bus(sign, bus, &content, &version)) {
        return;
    }
    bool turned = device_pages_turn(sign, now_ms);
    if (version != sign->version) {
        sign->version = version;
        take_content(sign, &content, bus, now_ms);
    } else if (turned) {
        turn_page(sign, bus, now_ms);
    }
}

/* ---- due ---- */

static enum device_job late_job(int64_t due_ms, int64_t now_ms)
{
    return now_ms - due_ms >= LATE_MS ? DEVICE_JOB_BLINK : DEVICE_JOB_REFRESH;
}

/* When a sign that shows what it shall is written to again; 0 never. */
static int64_t next_time(const struct device_sign *sign)
{
    if (sign->ping_ms != 0 && (sign->refresh_ms == 0 || sign->ping_ms < sign->refresh_ms)) {
        return sign->ping_ms;
    }
    return sign->refresh_ms;
}

static enum device_job find_job(const struct device_sign *sign, int64_t now_ms, int64_t *ret_ms)
{
    *ret_ms = INT64_MAX;
    if (sign->refused) {
        return DEVICE_JOB_NONE;
    }
    if (sign->offline) {
        *ret_ms = sign->probe_ms;
        return now_ms >= sign->probe_ms ? late_job(sign->probe_ms, now_ms) : DEVICE_JOB_NONE;
    }
    if (!sign->known) {
        *ret_ms = sign->wanted_ms;
        return sign->called ? DEVICE_JOB_CALL : DEVICE_JOB_CHANGE;
    }
    if (sign->blink_until_ms != 0) {
        *ret_ms = sign->blink_ms;
        return now_ms >= sign->blink_ms ? DEVICE_JOB_BLINK : DEVICE_JOB_NONE;
    }
    int64_t again_ms = next_time(sign);
    if (again_ms != 0) {
        *ret_ms = again_ms;
        return now_ms >= again_ms ? late_job(again_ms, now_ms) : DEVICE_JOB_NONE;
    }
    return DEVICE_JOB_NONE;
}

enum device_job device_sign_due(const struct device_sign *sign, int64_t now_ms, int64_t *ret_ms)
{
    *ret_ms = INT64_MAX;
    if (sign->fault != NULL) {
        return DEVICE_JOB_NONE;
    }
    enum device_job job = find_job(sign, now_ms, ret_ms);
    int64_t turn_ms = device_pages_next_ms(&sign->pages);
    if (job == DEVICE_JOB_NONE && turn_ms < *ret_ms) {
        *ret_ms = turn_ms;
    }
    return job;
}

const struct device_frame *device_sign_frame(const struct device_sign *sign, int64_t now_ms)
{
    if (!sign->known || sign->offline) {
        return &sign->lit;
    }
    if (!sign->dark_shown && now_ms < sign->blink_until_ms) {
        return &sign->dark;
    }
    bool ping = sign->blink_until_ms == 0 && sign->ping_ms != 0 && now_ms >= sign->ping_ms &&
                (sign->refresh_ms == 0 || now_ms < sign->refresh_ms);
    return ping ? &sign->ping : &sign->lit;
}

/* ---- results ---- */

static void note_alive(struct device_sign *sign, int64_t now_ms)
{
    sign->ping_ms = sign->ping.length == 0 ? 0 : now_ms + sign->driver->ping_ms;
}

static void note_shown(struct device_sign *sign, bool dark, int64_t now_ms)
{
    sign->known = true;
    sign->called = false;
    sign->offline = false;
    sign->dark_shown = dark;
    sign->refresh_ms = sign->driver->refresh_ms == 0 ? 0 : now_ms + sign->driver->refresh_ms;
    note_alive(sign, now_ms);
    sign->blink_ms = now_ms + BLINK_HALF_MS;
    if (!dark && now_ms >= sign->blink_until_ms) {
        sign->blink_until_ms = 0; /* it ends lit */
    }
}

static void note_silent(struct device_sign *sign, bool neighbours, int64_t now_ms)
{
    if (!sign->offline) {
        sign->offline = true;
        sign->offline_ms = now_ms;
    }
    sign->known = false;
    bool eager = !neighbours || now_ms - sign->offline_ms < PROBE_SOON_MS;
    sign->probe_ms = now_ms + (eager ? PROBE_MS : PROBE_SLOW_MS);
}

void device_sign_result(struct device_sign *sign, enum device_outcome outcome,
                        const struct device_frame *frame, bool neighbours, int64_t now_ms)
{
    assert(sign->fault == NULL);
    switch (outcome) {
    case DEVICE_OUTCOME_OK:
        if (frame == &sign->ping) {
            note_alive(sign, now_ms);
        } else {
            note_shown(sign, frame == &sign->dark, now_ms);
        }
        break;
    case DEVICE_OUTCOME_SILENT:
    case DEVICE_OUTCOME_GARBLED:
        note_silent(sign, neighbours, now_ms);
        break;
    case DEVICE_OUTCOME_REFUSED:
        sign->refused = true;
        sign->known = false;
        sign->called = false;
        sign->offline = false;
        break;
    case DEVICE_OUTCOME_GONE:
    case DEVICE_OUTCOME_STOPPED:
        sign->known = false;
        break;
    }
}

void device_sign_forget(struct device_sign *sign, int64_t now_ms)
{
    sign->known = false;
    sign->refused = false;
    sign->offline = false;
    sign->dark_shown = false;
    sign->wanted_ms = now_ms;
}

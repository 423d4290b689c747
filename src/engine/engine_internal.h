/* engine_internal: the engine's own state, shared by the files of src/engine. Everything but the
 * mailbox and the constants belongs to the engine's thread. */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "core.h"
#include "engine.h"
#include "forecaster.h"
#include "mailbox.h"
#include "store.h"

/* Events of one batch that are published one by one; of more (the close of a large day) the streams
 * are told to start afresh. */
#define ENGINE_FRAME_MAX 2048
#define ENGINE_VIEW_CACHE_MAX 8
/* Devices with a token that are kept track of: one at every window for every purpose, and then
 * some. */
#define ENGINE_PAGE_MAX 512
#define ENGINE_PORT_MAX (WIRE_DISPLAY_MAX + WIRE_KEYPAD_MAX + WIRE_PRINTER_MAX)
#define ENGINE_DEVICE_MAX (ENGINE_PORT_MAX + ENGINE_PAGE_MAX)
#define ENGINE_FRAME_BYTES_MAX (8 * 1024 * 1024)

/* A device that signs in with a token: kiosk, display, rating device, button. */
struct engine_page {
    struct identity identity;
    int64_t made_ms;
    int64_t heard_ms; /* 0 never */
    bool lives;       /* and did so within SILENT_MS */
    struct wire_status status;
};

/* An event of the batch, to be published after the commit; texts are in the batch's buffers. */
struct engine_frame {
    struct bus_frame frame;
    size_t staff_at, public_at;
};

struct engine_view_cache {
    enum engine_what what; /* 0 is a command: never cached */
    char zone[HALL_CODE_SIZE];
    int64_t seq;
    int64_t second; /* of hall time: views show ages */
    struct buf body;
};

struct engine {
    struct engine_options options;
    struct store *store;
    struct core *core;
    struct wire_config *config;
    int64_t config_version;
    struct clock clock;
    struct mailbox *mailbox;
    pthread_t thread;
    bool started;
    bool read_only;
    int64_t retry_ms; /* monotonic: when a write is tried again */
    int64_t epoch;
    char site[HALL_CODE_SIZE];
    uint8_t hall_key[DIGEST_SIZE];
    struct wire_device devices[ENGINE_DEVICE_MAX]; /* as reported, from events */
    int device_count;
    struct engine_page *pages; /* owned: ENGINE_PAGE_MAX, those that have a token */
    int page_count;
    bool raters_stale; /* a day began: its windows are to be told of their rating devices */
    struct bus_health healths[ENGINE_PORT_MAX]; /* as last seen on the bus, */
    int health_count;
    struct wire_device seen[ENGINE_DEVICE_MAX]; /* and both together */
    int seen_count;
    uint64_t seen_digest;
    int64_t seen_version; /* grows when a state changes */

    /* the batch being done */
    bool in_transaction;
    enum err batch_err;
    const struct engine_job *job; /* whose events are being stored; NULL: the clock's */
    struct buf data, staff, public_text;
    struct engine_frame *frames; /* ENGINE_FRAME_MAX */
    int frame_count;
    bool frames_lost;
    int32_t *dirty; /* visits changed, each once */
    int32_t dirty_count;
    uint8_t *dirty_flags;
    bool windows_dirty[HALL_WINDOW_MAX];
    bool calls_dirty;
    bool reconfigured;

    int64_t asked[HALL_WINDOW_NO_MAX + 1]; /* by window number: seq of its newest rating.invited */

    struct wire_speaker leases[HALL_ZONE_MAX + 1]; /* who speaks, by zone; as they came */
    int lease_count;
    int64_t opened_ms; /* hall time */

    bool queue_dirty;
    int64_t queue_sent_ms;            /* monotonic */
    int64_t texts_due_ms;             /* monotonic: when notices and welcome signs are looked at */
    int64_t purged_ms;                /* monotonic: when old answers were last forgotten */
    struct engine_forecast *forecast; /* owned; NULL when only a log is verified */
    struct engine_view_cache cache[ENGINE_VIEW_CACHE_MAX];
    int cache_next;
    struct ticket ticket, other; /* scratch: too large for the stack of a deep call */

    struct core_print prints[HALL_PRINTER_MAX]; /* what each printer was shown; visit -1 nothing */
    struct bus_print print;                     /* scratch, for the same reason as `ticket` */
    int64_t first_seq; /* of these threads of printers: what is older others may have printed */

    /* for /metrics */
    int64_t issued, called, commits, commit_us, replayed;
};

struct core_now engine_now(struct engine *engine);

/* engine_replay.c */
enum err engine_load_config(struct engine *engine, int64_t version) MUST_USE; /* 0: newest */
enum err engine_rebuild(struct engine *engine) MUST_USE; /* core from the log */
struct hall *engine_hall_copy(const struct wire_config *config, int64_t version); /* caller frees */

/* engine_batch.c */
void engine_run_batch(struct engine *engine, struct engine_job **jobs, size_t count);

/* engine_event.c */
void engine_take_event(void *context, const struct event *event); /* a core_sink */
/* Keeps what an event says of a device, for the views. */
void engine_track_device(struct engine *engine, const struct event *event);
void engine_forget_pages(struct engine *engine); /* what was reported of them, before a replay */
enum err engine_flush_tickets(struct engine *engine) MUST_USE;
void engine_publish(struct engine *engine);
void engine_forget_batch(struct engine *engine);
int64_t engine_publish_deadline_ms(const struct engine *engine); /* monotonic */

/* engine_board.c */
void engine_publish_signs(struct engine *engine); /* those that changed, and texts now and then */
void engine_publish_all_signs(struct engine *engine); /* everything; wakes the listeners */

/* engine_command.c: jobs that change something. */
void engine_do_write(struct engine *engine, struct engine_job *job);
bool engine_is_write(enum engine_what what);
void engine_fail(struct engine_job *job, enum err err);
enum err engine_step(struct engine *engine, const struct cmd *cmd,
                     struct core_result *result) MUST_USE;

/* Writes an event about `subject`, by whoever sent the job; begins the transaction. */
enum err engine_record(struct engine *engine, const struct engine_job *job, enum event_kind kind,
                       const char *subject, int64_t count) MUST_USE;

/* engine_user.c: who may sign in. */
void engine_put_session(struct engine *engine, struct engine_job *job);
void engine_delete_session(struct engine *engine, struct engine_job *job);
void engine_put_user(struct engine *engine, struct engine_job *job);
void engine_patch_user(struct engine *engine, struct engine_job *job);
void engine_delete_user(struct engine *engine, struct engine_job *job);

/* engine_pairing.c: who may be a device. */
enum err engine_load_pages(struct engine *engine) MUST_USE; /* from the store */
void engine_put_pairing(struct engine *engine, struct engine_job *job);
void engine_enroll(struct engine *engine, struct engine_job *job);
void engine_delete_device(struct engine *engine, struct engine_job *job);
void engine_get_devices(struct engine *engine, struct engine_job *job);

/* engine_page.c: whether it lives. */
void engine_take_status(struct engine *engine, struct engine_job *job);
void engine_page_tick(struct engine *engine);                 /* those that fell silent */
int64_t engine_page_deadline_ms(const struct engine *engine); /* hall time */
struct engine_page *engine_find_page(struct engine *engine, const char *name);
const struct wire_device *engine_find_device(const struct engine *engine, const char *code);
enum err engine_record_page(struct engine *engine, const struct identity *identity,
                            enum event_kind kind, const char *reason) MUST_USE;

/* engine_answer.c, engine_query.c */
void engine_answer_command(struct engine *engine, struct engine_job *job,
                           const struct core_result *result);
void engine_do_query(struct engine *engine, struct engine_job *job);
void engine_read_ticket(struct engine *engine, int32_t slot, struct ticket *ret_ticket);

/* engine_press.c */
/* Turns the key into the command of the job. False: there is none, and the job is settled. */
bool engine_read_press(struct engine *engine, struct engine_job *job);
void engine_answer_press(struct engine *engine, struct engine_job *job, int32_t visit);
/* Tells the pads of the changed windows, or of all; before the signs, which forget what changed. */
void engine_publish_pads(struct engine *engine, bool all);

/* engine_forecast.c */
enum err engine_forecast_open(struct engine *engine) MUST_USE;
enum err engine_forecast_start(struct engine *engine) MUST_USE;
void engine_forecast_stop(struct engine *engine);
void engine_forecast_close(struct engine *engine);
void engine_forecast_note_call(struct engine *engine, const struct event *event);
void engine_forecast_forget_hall(struct engine *engine);
void engine_forecast_ask(struct engine *engine); /* after a batch, when it is time */
int64_t engine_forecast_deadline_ms(const struct engine *engine); /* monotonic */
void engine_take_forecast(struct engine *engine);
int64_t engine_forecast_version(const struct engine *engine); /* what is said of waits changed */
const struct wire_foreseen *engine_foreseen(const struct engine *engine); /* NULL: nothing */

/* engine_voice.c: who speaks in which zone. */
/* May this report be made? True unless another one speaks in the zone; takes the lease if nobody
 * does. */
bool engine_may_speak(struct engine *engine, const struct cmd *cmd);
void engine_do_lease(struct engine *engine, struct engine_job *job);
void engine_get_announcements(struct engine *engine, struct engine_job *job,
                              const struct wire_view *view);
void engine_get_announcement(struct engine *engine, struct engine_job *job);

/* engine_print.c */
void engine_publish_prints(struct engine *engine);
void engine_forget_prints(struct engine *engine); /* the printers may be others now */

/* engine_metrics.c */
void engine_print_metrics(struct engine *engine, struct buf *buf);
/* Takes the newest health of the devices into `seen` (engine_health.c). */
void engine_see_devices(struct engine *engine);
void engine_print_device_metrics(struct engine *engine, struct buf *buf);

#endif

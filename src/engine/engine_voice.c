/* engine_voice: who speaks in which zone.
 *
 * Of the displays in a room one speaks, or they would speak over each other: it has a lease of ten
 * seconds, which it renews while it lives. Leases are not in the log, they are over before anybody
 * reads it; after a start the display that was speaking then keeps the zone for a while, so that
 * another does not begin while it still finishes. */
#include <string.h>

#include "engine_internal.h"

#define LEASE_MS 10000
/* How often a display asks, for its own lease or for one that has become free. With the lease it
 * makes the longest silence: thirteen seconds. */
#define RENEW_S 3
#define AFTER_START_MS 15000

static struct wire_speaker *find_lease(struct engine *engine, const char *zone)
{
    for (int i = 0; i < engine->lease_count; i++) {
        if (strcmp(engine->leases[i].zone, zone) == 0) {
            return &engine->leases[i];
        }
    }
    return NULL;
}

/* The lease of that zone; a free one is made of whoever spoke when the server ended. NULL when
 * there is no place, which takes more zones in a day than a hall may have. */
static struct wire_speaker *open_lease(struct engine *engine, const char *zone)
{
    struct wire_speaker *lease = find_lease(engine, zone);
    struct announcement first;
    if (lease != NULL || engine->lease_count == HALL_ZONE_MAX + 1) {
        return lease;
    }
    lease = &engine->leases[engine->lease_count++];
    *lease = (struct wire_speaker){.until_ms = 0};
    text_copy_cut(lease->zone, sizeof lease->zone, zone);
    if (core_list_announcements(engine->core, zone, &first, 1) == 1 && first.started_ms != 0) {
        text_copy_cut(lease->player, sizeof lease->player, first.player);
        lease->until_ms = engine->opened_ms + AFTER_START_MS;
    }
    return lease;
}

static bool take_lease(struct engine *engine, struct wire_speaker *lease, const char *player)
{
    int64_t now_ms = clock_now_ms(&engine->clock);
    bool own = strcmp(lease->player, player) == 0;
    if (lease->player[0] != '\0' && !own && lease->until_ms > now_ms) {
        return false;
    }
    text_copy_cut(lease->player, sizeof lease->player, player);
    lease->until_ms = now_ms + LEASE_MS;
    return true;
}

bool engine_may_speak(struct engine *engine, const struct cmd *cmd)
{
    struct announcement item;
    if (!core_get_announcement(engine->core, cmd->count, &item)) {
        return true; /* the core says that there is none */
    }
    struct wire_speaker *lease = open_lease(engine, item.zone);
    return lease == NULL || take_lease(engine, lease, cmd->subject);
}

void engine_do_lease(struct engine *engine, struct engine_job *job)
{
    const struct hall *hall = core_hall(engine->core);
    const struct wire_lease *asked = &job->lease;
    bool known =
        hall->zone_count > 0 ? hall_find_zone(hall, asked->zone) >= 0 : asked->zone[0] == '\0';
    struct wire_speaker *lease = known ? open_lease(engine, asked->zone) : NULL;
    if (lease == NULL) {
        engine_fail(job, ERR_INVALID_BODY);
        wire_problem_add(&job->problem, "/zone", "there is no such zone");
        return;
    }
    bool own = false;
    if (!asked->release) {
        own = take_lease(engine, lease, asked->player);
    } else if (strcmp(lease->player, asked->player) == 0) {
        lease->player[0] = '\0';
        lease->until_ms = 0;
    }
    wire_lease_print(&job->body, lease, own, RENEW_S);
}

void engine_get_announcements(struct engine *engine, struct engine_job *job,
                              const struct wire_view *view)
{
    struct wire_speaker living[HALL_ZONE_MAX + 1];
    int count = 0;
    for (int i = 0; i < engine->lease_count; i++) {
        if (engine->leases[i].until_ms > view->now.ms) {
            living[count++] = engine->leases[i];
        }
    }
    enum err err =
        wire_announcements_print(&job->body, view, job->has_zone ? job->zone : NULL, living, count);
    if (err) {
        engine_fail(job, err);
    }
}

void engine_get_announcement(struct engine *engine, struct engine_job *job)
{
    if (!core_get_announcement(engine->core, job->cmd.count, &job->announcement)) {
        engine_fail(job, ERR_NOT_FOUND);
        return;
    }
    job->yao = core_hall(engine->core)->voice.yao;
}

/* http_zone: the codes of the hall's zones, so that a stream may ask for one. Frames carry a zone
 * as its place in the configuration; the code at that place is asked of the engine at start and
 * after each change. */
#include <stdlib.h>
#include <string.h>

#include "http_internal.h"
#include "log.h"

struct zone_job {
    struct http_work work; /* first */
    struct http *http;
    struct engine_job job;
};

static void zones_take(struct http *http, const struct wire_config *config)
{
    const struct hall *hall = wire_config_hall(config);

    http->zones.count = hall->zone_count;
    for (int i = 0; i < hall->zone_count; i++) {
        memcpy(http->zones.code[i], hall->zones[i].code, HALL_CODE_SIZE);
    }
}

static void zones_back(struct http_work *work)
{
    struct zone_job *zone_job = (struct zone_job *)(void *)work;
    struct engine_job *job = &zone_job->job;
    struct wire_config *config = NULL;
    struct wire_problem problem;

    if (job->err || wire_config_create(job->body.data ? job->body.data : "", job->body.length,
                                       &problem, &config)) {
        log_warn("http", "zones not known, streams by zone get all zones: err=%s",
                 err_slug(job->err));
    } else {
        zones_take(zone_job->http, config);
    }
    wire_config_destroy(config);
    engine_job_fini(job);
    free(zone_job);
}

/* Engine thread. */
static void zones_done(struct engine_job *job)
{
    struct zone_job *zone_job = job->owner;

    if (mailbox_put(zone_job->http->finished, &zone_job->work)) {
        abort(); /* the mailbox holds more than there can be jobs */
    }
}

void http_events_load_zones(struct http *http)
{
    struct zone_job *zone_job = calloc(1, sizeof(*zone_job));

    http->zones_asked = true;
    if (!zone_job) {
        return;
    }
    zone_job->http = http;
    zone_job->work.back = zones_back;
    engine_job_init(&zone_job->job, ENGINE_GET_CONFIG);
    zone_job->job.if_none = -1;
    zone_job->job.done = zones_done;
    zone_job->job.owner = zone_job;
    if (engine_submit(http->options.engine, &zone_job->job)) {
        engine_job_fini(&zone_job->job);
        free(zone_job);
        http->zones_asked = false; /* tried again at the next wake */
        return;
    }
    http->jobs++;
}

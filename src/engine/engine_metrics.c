/* engine_metrics: what the engine knows, as Prometheus text 0.0.4. No number, name or person is a
 * label. */
#include <string.h>

#include "engine_internal.h"

static void gauge(struct buf *buf, const char *name, const char *type, const char *help)
{
    buf_printf(buf, "# HELP hallcall_%s %s\n# TYPE hallcall_%s %s\n", name, help, name, type);
}

static void print_services(struct engine *engine, struct buf *buf)
{
    const struct hall *hall = core_hall(engine->core);
    struct core_now now = engine_now(engine);
    struct core_service_info info;
    gauge(buf, "tickets_issued_total", "counter", "Tickets issued today.");
    for (int s = 0; s < hall->service_count; s++) {
        core_get_service(engine->core, &now, s, &info);
        buf_printf(buf, "hallcall_tickets_issued_total{service=\"%s\"} %d\n",
                   hall->services[s].code, (int)info.issued);
    }
    gauge(buf, "tickets_waiting", "gauge", "Tickets waiting now.");
    for (int s = 0; s < hall->service_count; s++) {
        core_get_service(engine->core, &now, s, &info);
        buf_printf(buf, "hallcall_tickets_waiting{service=\"%s\"} %d\n", hall->services[s].code,
                   (int)info.waiting);
    }
    gauge(buf, "oldest_wait_seconds", "gauge", "Age of the oldest waiting ticket.");
    for (int s = 0; s < hall->service_count; s++) {
        core_get_service(engine->core, &now, s, &info);
        int64_t age = info.oldest_ms != 0 ? (now.ms - info.oldest_ms) / 1000 : 0;
        buf_printf(buf, "hallcall_oldest_wait_seconds{service=\"%s\"} %lld\n",
                   hall->services[s].code, (long long)age);
    }
}

static void print_windows(struct engine *engine, struct buf *buf)
{
    static const char *const names[] = {"closed", "open", "calling", "serving", "paused"};
    const struct hall *hall = core_hall(engine->core);
    struct core_now now = engine_now(engine);
    int counts[5] = {0};
    for (int w = 0; w < hall->window_count; w++) {
        struct core_window_info info;
        core_get_window(engine->core, &now, w, false, &info);
        counts[info.state] += 1;
    }
    gauge(buf, "windows", "gauge", "Windows by state.");
    for (int i = 0; i < 5; i++) {
        buf_printf(buf, "hallcall_windows{state=\"%s\"} %d\n", names[i], counts[i]);
    }
}

static void print_backlogs(struct engine *engine, struct buf *buf)
{
    struct announcement items[CORE_VOICE_MAX];
    const struct hall *hall = core_hall(engine->core);
    gauge(buf, "announcement_backlog", "gauge", "Announcements that are spoken or wait to be.");
    for (int z = 0; z < hall->zone_count || (z == 0 && hall->zone_count == 0); z++) {
        const char *zone = hall->zone_count > 0 ? hall->zones[z].code : "";
        buf_printf(buf, "hallcall_announcement_backlog{zone=\"%s\"} %d\n", zone,
                   core_list_announcements(engine->core, zone, items, CORE_VOICE_MAX));
    }
}

void engine_print_metrics(struct engine *engine, struct buf *buf)
{
    print_services(engine, buf);
    print_windows(engine, buf);
    print_backlogs(engine, buf);
    gauge(buf, "events_total", "counter", "Events in the log.");
    buf_printf(buf, "hallcall_events_total %lld\n", (long long)core_next_seq(engine->core) - 1);
    gauge(buf, "calls_total", "counter", "Tickets called since start.");
    buf_printf(buf, "hallcall_calls_total %lld\n", (long long)engine->called);
    gauge(buf, "commit_seconds", "summary", "Time of COMMIT.");
    buf_printf(buf, "hallcall_commit_seconds_sum %.6f\nhallcall_commit_seconds_count %lld\n",
               (double)engine->commit_us / 1e6, (long long)engine->commits);
    const struct wire_foreseen *foreseen = engine_foreseen(engine);
    if (foreseen != NULL) {
        gauge(buf, "forecast_level", "gauge", "Share of told ranges that shall hold.");
        buf_printf(buf, "hallcall_forecast_level %.3f\n", foreseen->level_pm / 1000.0);
    }
    if (foreseen != NULL && foreseen->covered_pm >= 0) {
        gauge(buf, "forecast_coverage", "gauge", "Share of the newest told ranges that held.");
        buf_printf(buf, "hallcall_forecast_coverage %.3f\n", foreseen->covered_pm / 1000.0);
    }
    gauge(buf, "read_only", "gauge", "1 while the disk takes no writes.");
    buf_printf(buf, "hallcall_read_only %d\n", engine->read_only ? 1 : 0);
    engine_print_device_metrics(engine, buf);
    gauge(buf, "build_info", "gauge", "The program's version.");
    buf_printf(buf, "hallcall_build_info{version=\"%s\"} 1\n", HALLCALL_VERSION);
}

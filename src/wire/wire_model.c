/* wire_model: see wire_model.h. Classes, windows and policy are written as in the configuration
 * document, so they are made into one (with services named after what arrives) and checked by the
 * same code. */
#include <math.h>
#include <string.h>

#include "wire_config_internal.h"
#include "wire_model.h"

#define RATE_MAX 1e7
#define SECONDS_MAX 1e7

static void read_seconds(const struct wire_object *object, const char *name, enum wire_need need,
                         int64_t *ret_ms)
{
    double seconds;
    if (wire_read_real(object, name, need, 0, SECONDS_MAX, &seconds)) {
        *ret_ms = (int64_t)(seconds * 1000 + 0.5);
    }
}

/* ---- the hall of the model ---- */

static void add_service(json_t *services, const char *code)
{
    size_t at = json_array_size(services);
    for (size_t i = 0; i < at; i++) {
        if (strcmp(json_string_value(json_object_get(json_array_get(services, i), "code")), code) ==
            0) {
            return;
        }
    }
    char prefix[3] = {(char)('A' + at / 26 % 26), (char)('A' + at % 26), '\0'};
    json_t *service = json_pack("{s:s, s:{s:s}, s:s, s:i, s:i}", "code", code, "name", "en", code,
                                "prefix", prefix, "first", 1, "last", 9999);
    (void)json_array_append_new(services, service);
}

/* Service codes in the order of their first arrival, then those that only have a time: nobody may
 * come to them. */
static json_t *list_services(const json_t *root)
{
    json_t *services = json_array();
    const json_t *arrivals = json_object_get(root, "arrivals");
    for (size_t i = 0; i < json_array_size(arrivals); i++) {
        const json_t *code = json_object_get(json_array_get(arrivals, i), "service");
        if (json_is_string(code)) {
            add_service(services, json_string_value(code));
        }
    }
    for (void *at = json_object_iter(json_object_get(root, "service_time")); at != NULL;
         at = json_object_iter_next(json_object_get(root, "service_time"), at)) {
        add_service(services, json_object_iter_key(at));
    }
    return services;
}

static enum err make_hall(const json_t *root, struct hall *ret_hall, struct wire_problem *problem)
{
    struct wire_config *config = NULL;
    json_t *document = json_pack(
        "{s:{s:s, s:{s:s}}, s:o, s:O?, s:O?, s:O?}", "hall", "code", "model", "name", "en", "model",
        "services", list_services(root), "classes", json_object_get(root, "classes"), "windows",
        json_object_get(root, "windows"), "policy", json_object_get(root, "policy"));
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    enum err err =
        text != NULL ? wire_config_create(text, strlen(text), problem, &config) : ERR_NO_MEMORY;
    if (err == ERR_NONE) {
        *ret_hall = *wire_config_hall(config);
    }
    wire_config_destroy(config);
    free(text);
    json_decref(document);
    return err;
}

static void check_windows(const struct wire_object *root, const struct hall *hall)
{
    const json_t *array = json_object_get(root->json, "windows");
    if (hall->window_count == 0) {
        wire_object_add(root, "windows", "must have at least one window");
    }
    for (int w = 0; w < hall->window_count; w++) {
        struct wire_object window;
        if (hall->windows[w].service_count == 0 &&
            wire_read_item(root, "windows", array, (size_t)w, &window)) {
            wire_object_add(&window, "services", "must have at least one service");
        }
    }
}

/* ---- times and arrivals ---- */

static void read_time(const struct wire_object *object, struct sim_time *time)
{
    static const char *const dists[] = {"exp", "deterministic", "gamma", "lognormal", "hyperexp"};
    static const char *const names[] = {"dist", "mean_s", "cv", "min_s", NULL};
    double mean_s = 0;
    int dist = SIM_EXP;
    time->cv = 1;
    wire_config_check_members(object, names);
    (void)wire_read_word(object, "dist", WIRE_REQUIRED, dists, 5, &dist);
    (void)wire_read_real(object, "mean_s", WIRE_REQUIRED, 0.001, SECONDS_MAX, &mean_s);
    (void)wire_read_real(object, "cv", WIRE_OPTIONAL, 0.01, 100, &time->cv);
    read_seconds(object, "min_s", WIRE_OPTIONAL, &time->min_ms);
    if (dist == SIM_HYPEREXP && time->cv < 1) {
        wire_object_add(object, "cv", "must be at least 1 for hyperexp");
    }
    time->dist = (enum sim_dist)dist;
    time->mean_ms = mean_s * 1000;
}

static void read_rates(const struct wire_object *item, struct sim_stream *stream)
{
    const json_t *rates = json_object_get(item->json, "rate_per_hour");
    if (!json_is_array(rates)) {
        stream->hours = 1;
        (void)wire_read_real(item, "rate_per_hour", WIRE_REQUIRED, 0, RATE_MAX,
                             &stream->rate_per_hour[0]);
        return;
    }
    if (json_array_size(rates) < 1 || json_array_size(rates) > SIM_HOUR_MAX) {
        wire_object_add(item, "rate_per_hour", "must have 1 to %d hours", SIM_HOUR_MAX);
        return;
    }
    for (; stream->hours < (int)json_array_size(rates); stream->hours++) {
        const json_t *value = json_array_get(rates, (size_t)stream->hours);
        double rate = json_number_value(value);
        if (!json_is_number(value) || !(rate >= 0 && rate <= RATE_MAX)) {
            wire_object_add(item, "rate_per_hour", "must be numbers from 0 to %g", RATE_MAX);
            return;
        }
        stream->rate_per_hour[stream->hours] = rate;
    }
}

/* Somebody whom no window serves would wait for ever. */
static bool is_served(const struct hall *hall, const struct sim_stream *stream)
{
    for (int w = 0; w < hall->window_count; w++) {
        const struct hall_window *window = &hall->windows[w];
        bool admits = window->classes == 0 || (window->classes >> stream->cls & 1) != 0;
        for (int i = 0; admits && i < window->service_count; i++) {
            if (window->services[i].service == stream->service) {
                return true;
            }
        }
    }
    return false;
}

static void read_arrivals(const struct wire_object *root, struct sim_model *model)
{
    static const char *const names[] = {"service", "class", "rate_per_hour", NULL};
    const json_t *array;
    if (!wire_read_array(root, "arrivals", WIRE_REQUIRED, SIM_STREAM_MAX, &array)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct wire_object item;
        struct sim_stream *stream = &model->streams[model->stream_count];
        char service[HALL_CODE_SIZE] = "";
        char cls[HALL_CODE_SIZE] = "ordinary";
        if (!wire_read_item(root, "arrivals", array, i, &item)) {
            continue;
        }
        wire_config_check_members(&item, names);
        (void)wire_read_code(&item, "service", WIRE_REQUIRED, service);
        (void)wire_read_code(&item, "class", WIRE_OPTIONAL, cls);
        stream->service = (int16_t)hall_find_service(&model->hall, service);
        stream->cls = (int16_t)hall_find_class(&model->hall, cls);
        if (stream->cls < 0) {
            wire_object_add(&item, "class", "there is no class \"%s\"", cls);
        } else if (stream->service >= 0 && !is_served(&model->hall, stream)) {
            wire_object_add(&item, "service", "no window serves it");
        }
        read_rates(&item, stream);
        model->stream_count += 1;
        for (int other = 0; other + 1 < model->stream_count; other++) {
            if (model->streams[other].service == stream->service &&
                model->streams[other].cls == stream->cls) {
                wire_object_add(&item, "service", "this service and class arrive twice");
            }
        }
    }
}

static void read_service_times(const struct wire_object *root, struct sim_model *model)
{
    struct wire_object times;
    if (!wire_read_object(root, "service_time", WIRE_REQUIRED, &times)) {
        return;
    }
    for (int s = 0; s < model->hall.service_count; s++) {
        struct wire_object time;
        if (wire_read_object(&times, model->hall.services[s].code, WIRE_REQUIRED, &time)) {
            read_time(&time, &model->service_time[s]);
        }
    }
}

static void read_run(const struct wire_object *root, struct sim_model *model)
{
    static const char *const modes[] = {"days", "steady"};
    static const char *const no_show[] = {"share", "cost_s", NULL};
    struct wire_object object;
    const json_t *over;
    int mode = 0;
    int64_t seed = 1;
    (void)wire_read_word(root, "mode", WIRE_REQUIRED, modes, 2, &mode);
    model->steady = mode == 1;
    (void)wire_read_int(root, "seed", WIRE_OPTIONAL, 0, INT64_MAX, &seed);
    model->seed = (uint64_t)seed;
    (void)wire_read_int(root, "customers", model->steady ? WIRE_REQUIRED : WIRE_OPTIONAL, 1,
                        1000000000LL, &model->customers);
    (void)wire_read_int(root, "warmup", WIRE_OPTIONAL, 0, 1000000000LL, &model->warmup);
    (void)wire_read_int(root, "days", model->steady ? WIRE_OPTIONAL : WIRE_REQUIRED, 1, 1000000,
                        &model->days);
    read_seconds(root, "horizon_s", model->steady ? WIRE_OPTIONAL : WIRE_REQUIRED,
                 &model->horizon_ms);
    if (wire_read_object(root, "patience", WIRE_OPTIONAL, &object)) {
        model->has_patience = true;
        read_time(&object, &model->patience);
    }
    if (wire_config_read_object(root, "no_show", no_show, &object)) {
        (void)wire_read_real(&object, "share", WIRE_REQUIRED, 0, 1, &model->no_show_share);
        read_seconds(&object, "cost_s", WIRE_REQUIRED, &model->no_show_cost_ms);
    }
    if (wire_read_array(root, "over_s", WIRE_OPTIONAL, SIM_OVER_MAX, &over)) {
        for (size_t i = 0; i < json_array_size(over); i++) {
            const json_t *value = json_array_get(over, i);
            double seconds = json_number_value(value);
            if (!json_is_number(value) || !(seconds >= 0 && seconds <= SECONDS_MAX)) {
                wire_object_add(root, "over_s", "must be numbers from 0 to %g", SECONDS_MAX);
                return;
            }
            model->over_ms[model->over_count++] = (int64_t)(seconds * 1000 + 0.5);
        }
    }
}

enum err wire_model_read(const char *text, size_t length, struct sim_model *model,
                         struct wire_problem *problem)
{
    static const char *const names[] = {"seed",     "mode",      "customers", "warmup",
                                        "days",     "horizon_s", "arrivals",  "service_time",
                                        "patience", "no_show",   "windows",   "classes",
                                        "policy",   "over_s",    NULL};
    json_t *json;
    struct wire_object root;
    memset(model, 0, sizeof *model);
    enum err err = wire_json_parse(text, length, problem, &json);
    if (err) {
        return err;
    }
    wire_object_init(&root, json, problem);
    if (json_array_size(json_object_get(json, "arrivals")) == 0) {
        /* Without services every window would be wrong too. */
        wire_object_add(&root, "arrivals", "must be a list of at least one");
        err = ERR_INVALID_BODY;
    } else {
        err = make_hall(json, &model->hall, problem);
    }
    if (err == ERR_NONE) {
        wire_config_check_members(&root, names);
        check_windows(&root, &model->hall);
        read_run(&root, model);
        read_arrivals(&root, model);
        read_service_times(&root, model);
        err = problem->error_count > 0 ? ERR_INVALID_BODY : ERR_NONE;
    }
    json_decref(json);
    return err;
}

/* ---- the measures ---- */

void wire_model_print(struct buf *buf, const struct sim_model *model,
                      const struct sim_model_result *result)
{
    wire_open_object(buf, NULL);
    wire_open_array(buf, "queues");
    for (int i = 0; i < result->queue_count; i++) {
        const struct sim_queue_result *queue = &result->queues[i];
        wire_open_object(buf, NULL);
        wire_put_text(buf, "service", model->hall.services[queue->service].code);
        wire_put_text(buf, "class", model->hall.classes[queue->cls].code);
        wire_put_int(buf, "n", queue->n);
        wire_put_real(buf, "mean_wait_s", queue->mean_wait_s);
        wire_put_real(buf, "se_s", queue->se_s);
        wire_put_real(buf, "p_wait", queue->p_wait);
        wire_put_real(buf, "p50_s", queue->p50_s);
        wire_put_real(buf, "p90_s", queue->p90_s);
        wire_put_real(buf, "p95_s", queue->p95_s);
        wire_put_real(buf, "max_s", queue->max_s);
        wire_open_array(buf, "over");
        for (int o = 0; o < model->over_count; o++) {
            wire_put_real(buf, NULL, queue->over[o]);
        }
        wire_close_array(buf);
        wire_put_real(buf, "mean_overtakes", queue->mean_overtakes);
        wire_put_int(buf, "max_overtakes", queue->max_overtakes);
        wire_put_real(buf, "leave", queue->leave);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_open_array(buf, "windows");
    for (int w = 0; w < model->hall.window_count; w++) {
        wire_open_object(buf, NULL);
        wire_put_int(buf, "no", model->hall.windows[w].no);
        wire_put_real(buf, "utilisation", result->utilisation[w]);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_close_object(buf);
    buf_add_char(buf, '\n');
}

/* serve: starts every part in order, waits for a signal, and stops them in order.
 *
 * Main owns no data. It waits in sigwait; all signals are blocked before the first thread starts,
 * so no handler ever runs. A new configuration is in force on the engine's thread first, but ports
 * are slow to close: the engine leaves the document's text in `document` (the newest only) and
 * sends main SIGUSR1, and main starts the device threads anew.
 *
 * Stopping: engine and reader first, while the HTTP thread still hands out what they finished; it
 * answers the rest with 503. Then nobody calls back into HTTP any more, and it can go. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"
#include "clock.h"
#include "device.h"
#include "engine.h"
#include "log.h"
#include "reader.h"
#include "speech.h"
#include "web_files.h"

#define DEMO_HALL "src/demo/hall.json"
/* Connections, two pipes and some files; more than the kernel's usual hard limit is never needed.
 */
#define DESCRIPTOR_MAX 65536

struct serve {
    const struct serve_options *options;
    struct bus *bus;
    struct engine *engine;
    struct reader *reader;
    struct http *http;
    struct device *device;
    struct http_options http_options;
    pthread_t main_thread;
    bool configured_once;
    bool has_voice;           /* the configuration at the start has */
    bool zone_missing;        /* seen by engine_open, before threads start */
    _Atomic(char *) document; /* owned by who exchanges it: the newest configuration, for main */
};

/* ---- called by the engine ---- */

static void on_batch_done(void *context)
{
    struct serve *serve = context;
    http_wake(serve->http);
}

static void on_failed(void *context)
{
    (void)context;
    log_error("serve",
              "the database failed with unknown outcome; ending now, start again to recover");
    _exit(CLI_FAILED);
}

static void on_configured(void *context, const struct wire_config *config)
{
    struct serve *serve = context;
    struct buf text;
    size_t length = 0;
    if (!serve->configured_once) {
        serve->zone_missing = !cli_check_zone(config);
        serve->has_voice = wire_config_hall(config)->voice.on;
    }
    cli_set_zone(NULL, config);
    buf_init(&text, CLI_FILE_MAX);
    wire_config_print(&text, config);
    char *document = buf_failed(&text) ? NULL : buf_take(&text, &length);
    buf_fini(&text);
    if (document == NULL) {
        log_error("serve", "no memory for the configuration: signs stay as they are until restart");
        return;
    }
    free(atomic_exchange(&serve->document, document));
    if (serve->configured_once) {
        (void)pthread_kill(serve->main_thread, SIGUSR1);
    }
    serve->configured_once = true;
}

static void on_device_report(void *context, const char *code, bool online, const char *detail)
{
    struct serve *serve = context;
    engine_report_device(serve->engine, code, online, detail);
}

static void on_device_press(void *context, const struct press *press)
{
    struct serve *serve = context;
    engine_press(serve->engine, press);
}

static void on_printer_report(void *context, const char *code, enum event_kind kind,
                              const char *detail)
{
    struct serve *serve = context;
    engine_report_printer(serve->engine, code, kind, detail);
}

static enum err on_print_report(void *context, const struct bus_print *print, bool printed,
                                const char *reason)
{
    struct serve *serve = context;
    return engine_report_print(serve->engine, print, printed, reason);
}

/* For those who print by themselves: a printer as most are. */
static void print_slip(const struct wire_slip *slip, int width_mm, struct buf *bytes)
{
    const struct wire_printer printer = {.width_mm = width_mm};
    enum err err = device_print_slip(&printer, slip, bytes);
    if (err) {
        log_error("serve", "a slip cannot be made for a printer: %s", err_slug(err));
        buf_clear(bytes);
    }
}

/* ---- main's own ---- */

static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTOR_MAX) {
        return;
    }
    limit.rlim_cur = limit.rlim_max < DESCRIPTOR_MAX ? limit.rlim_max : DESCRIPTOR_MAX;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        log_warn("serve", "descriptors=unchanged reason=%s", strerror(errno));
    }
}

static const struct web_file *find_demo(void)
{
    for (const struct web_file *file = web_files; file->path != NULL; file++) {
        if (strcmp(file->path, DEMO_HALL) == 0) {
            return file;
        }
    }
    return NULL;
}

/* The document of a database that has none: the demo hall, or an empty one, which the
 * administrator's page fills. */
static bool first_document(bool demo, const char **ret_document, size_t *ret_length)
{
    static const char empty[] = "{}\n";
    const struct web_file *file = demo ? find_demo() : NULL;
    if (!demo) {
        *ret_document = empty;
        *ret_length = sizeof empty - 1;
        return true;
    }
    if (file == NULL) {
        (void)cli_fail("this program was built without the demo hall; import a configuration");
        return false;
    }
    *ret_document = (const char *)file->begin;
    *ret_length = (size_t)(file->end - file->begin);
    struct wire_config *config = NULL;
    bool usable =
        cli_make_config(DEMO_HALL, *ret_document, *ret_length, &config) && cli_check_zone(config);
    wire_config_destroy(config);
    return usable;
}

/* What a database needs before it can be served: a configuration, and a way in. */
static bool load_first(const struct serve_options *options)
{
    const char *path = options->db_path;
    bool demo = options->demo;
    struct store *store = NULL;
    struct buf present;
    const char *document = NULL;
    size_t length = 0;
    int64_t version = 0;
    if (!first_document(demo, &document, &length) || !cli_open_store(path, STORE_WRITER, &store)) {
        return false;
    }
    buf_init(&present, CLI_FILE_MAX);
    enum err err = store_config_get(store, 0, &present, &version);
    if (err == ERR_NOT_FOUND) {
        err = store_config_put(store, clock_wall_ms(), "system", document, length, &version);
        if (err == ERR_NONE && !demo) {
            log_warn("serve", "db=%s is an empty hall; set it up on the page /admin", path);
        }
    }
    if (err) {
        (void)cli_store_failed(path, err, store);
    }
    if (err == ERR_NONE && !demo) {
        int64_t now_ms = options->test_clock_ms > 0 ? options->test_clock_ms : clock_wall_ms();
        enum err offer_err = cli_offer_setup(store, now_ms);
        if (offer_err) { /* a full disk must not keep a hall from being served */
            log_warn("serve", "no code for the first administrator: err=%s", err_slug(offer_err));
        }
    }
    buf_fini(&present);
    store_close(store);
    return err == ERR_NONE;
}

/* Starts the device threads for the newest configuration, in place of those that run. */
static void restart_devices(struct serve *serve)
{
    char *document = atomic_exchange(&serve->document, NULL);
    if (document == NULL) {
        return;
    }
    struct wire_config *config = NULL;
    struct wire_problem problem;
    wire_problem_init(&problem, ERR_NONE);
    enum err err = wire_config_create(document, strlen(document), &problem, &config);
    free(document);
    if (err == ERR_NONE) {
        const struct device_options options = {.bus = serve->bus,
                                               .report = on_device_report,
                                               .press = on_device_press,
                                               .report_printer = on_printer_report,
                                               .report_print = on_print_report,
                                               .context = serve};
        device_stop(serve->device);
        serve->device = NULL;
        bus_clear_sims(serve->bus);
        bus_clear_health(serve->bus);
        err = device_start(&options, config, &serve->device);
    }
    wire_config_destroy(config);
    if (err) {
        log_error("serve", "signs are not driven: err=%s", err_slug(err));
    }
}

static enum err add_identity(void *context, const struct identity_entry *entry)
{
    struct serve *serve = context;
    return http_add_identity(serve->http, entry);
}

/* The packs there are. What a hall that speaks lacks is told now, not at the first call. */
static bool load_speech(struct serve *serve)
{
    char folder[SPEECH_PATH_SIZE];
    bool has_default = speech_default_folder(folder);
    const char *const folders[SPEECH_FOLDER_MAX] = {serve->options->voice_dir,
                                                    has_default ? folder : NULL};
    struct speech *speech = speech_create(folders);
    if (speech == NULL) {
        return false;
    }
    if (serve->has_voice && folders[0] == NULL && folders[1] == NULL) {
        log_warn("serve", "no voice pack: nothing is spoken; install espeak-ng and run make, or "
                          "give --voice DIR");
    }
    for (int lang = 0; serve->has_voice && lang < PHRASE_LANG_COUNT; lang++) {
        int needed;
        int good;
        speech_count(speech, (enum phrase_lang)lang, &needed, &good);
        const char *name = phrase_lang_text((enum phrase_lang)lang);
        if (good == needed) {
            log_info("serve", "voice=%s clips=%d", name, good);
        } else {
            log_warn("serve",
                     "voice=%s clips=%d of %d: not all can be spoken; see hallcall voice "
                     "check",
                     name, good, needed);
        }
    }
    reader_set_speech(serve->reader, speech);
    return true;
}

static bool start_engine(struct serve *serve)
{
    const struct engine_options options = {.db_path = serve->options->db_path,
                                           .test_clock_ms = serve->options->test_clock_ms,
                                           .bus = serve->bus,
                                           .batch_done = on_batch_done,
                                           .context = serve,
                                           .configured = on_configured,
                                           .check_devices = cli_check_devices,
                                           .print_slip = print_slip,
                                           .failed = on_failed};
    const char *path = serve->options->db_path;
    enum err err = engine_open(&options, &serve->engine);
    if (err == ERR_NONE) {
        err = reader_open(path, engine_site(serve->engine), engine_epoch(serve->engine),
                          &serve->reader);
    }
    if (err == ERR_NONE && !load_speech(serve)) {
        err = ERR_NO_MEMORY;
    }
    if (err) {
        (void)cli_store_failed(path, err, NULL);
    }
    return err == ERR_NONE && !serve->zone_missing;
}

static bool start_http(struct serve *serve)
{
    const struct serve_options *options = serve->options;
    struct http_options *http_options = &serve->http_options;
    *http_options = (struct http_options){.listen_count = options->listen_count,
                                          .web_dir = options->web_dir,
                                          .tls_cert = options->tls_cert,
                                          .tls_key = options->tls_key,
                                          .engine = serve->engine,
                                          .reader = serve->reader,
                                          .bus = serve->bus,
                                          .demo = options->demo,
                                          .test_clock = options->test_clock_ms != 0};
    memcpy(http_options->listen, options->listen, sizeof http_options->listen);
    enum err err = http_start(http_options, &serve->http);
    if (err) {
        (void)cli_fail(
            "the listeners cannot be opened (%s); is a port in use, or a TLS file wrong?",
            err_title(err));
        return false;
    }
    err = engine_each_identity(serve->engine, add_identity, serve);
    if (err) {
        (void)cli_fail("tokens and sessions cannot be loaded: %s", err_title(err));
    }
    return err == ERR_NONE;
}

static bool start_threads(struct serve *serve)
{
    enum err err = reader_start(serve->reader);
    if (err == ERR_NONE) {
        err = engine_start(serve->engine);
    }
    if (err) {
        (void)cli_fail("a thread cannot be started: %s", err_title(err));
        return false;
    }
    restart_devices(serve);
    return true;
}

static void print_listeners(const struct serve *serve)
{
    const struct http_options *options = &serve->http_options;
    const char *scheme = options->tls_cert != NULL ? "https" : "http";
    for (int i = 0; i < options->listen_count; i++) {
        const struct http_listen *listen = &options->listen[i];
        bool six = strchr(listen->address, ':') != NULL;
        (void)printf("listening on %s://%s%s%s:%u\n", scheme, six ? "[" : "", listen->address,
                     six ? "]" : "", (unsigned)listen->port);
    }
    (void)fflush(stdout);
}

/* Blocks the signals that end or configure us, here and in every thread to come. */
static void block_signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGINT);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGHUP);
    (void)sigaddset(set, SIGUSR1);
    (void)pthread_sigmask(SIG_BLOCK, set, NULL);
}

static void wait_for_end(struct serve *serve, const sigset_t *set)
{
    for (;;) {
        int number = 0;
        if (sigwait(set, &number) != 0) {
            continue;
        }
        if (number != SIGUSR1) {
            log_info("serve", "stopping signal=%d", number);
            return;
        }
        restart_devices(serve);
    }
}

static void stop(struct serve *serve)
{
    if (serve->engine != NULL) {
        engine_stop(serve->engine);
    }
    reader_stop(serve->reader);
    log_debug("serve", "stopped=engine,reader");
    if (serve->http != NULL) {
        http_stop(serve->http);
    }
    log_debug("serve", "stopped=http");
    device_stop(serve->device);
    log_debug("serve", "stopped=device");
    reader_close(serve->reader);
    if (serve->engine != NULL) {
        engine_close(serve->engine);
    }
    bus_destroy(serve->bus);
    free(atomic_exchange(&serve->document, NULL));
}

int serve_run(const struct serve_options *options)
{
    struct serve serve = {.options = options, .main_thread = pthread_self()};
    sigset_t signals;
    int status = CLI_FAILED;
    block_signals(&signals);
    raise_descriptors();
    if (!load_first(options)) {
        return CLI_FAILED;
    }
    serve.bus = bus_create();
    if (serve.bus == NULL) {
        return cli_fail("out of memory; end something else and repeat");
    }
    if (start_engine(&serve) && start_http(&serve) && start_threads(&serve)) {
        print_listeners(&serve);
        log_info("serve", "ready db=%s", options->db_path);
        wait_for_end(&serve, &signals);
        status = CLI_DONE;
    }
    stop(&serve);
    return status;
}

/* http_internal: what the files of the HTTP floor share. Everything here runs on the HTTP thread,
 * except where a comment says otherwise. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "digest.h"
#include "engine.h"
#include "http.h"
#include "identity.h"
#include "mailbox.h"
#include "reader.h"

/* Limits. The header limit is the contract's; the library's pool holds the header and the answer's
 * header. */
#define HTTP_HEADER_MAX (16 * 1024)
#define HTTP_POOL_SIZE (20 * 1024)
#define HTTP_TARGET_MAX 2048
#define HTTP_BODY_MAX (64 * 1024)
#define HTTP_CONFIG_MAX (4 * 1024 * 1024)
/* Connections kept free for ordinary requests when every stream is taken (the library stops
 * accepting at its limit, and clients would hang). */
#define HTTP_RESERVE 1024
#define HTTP_STREAM_MAX_DEFAULT 5000
#define HTTP_IDENTITY_MAX 4096
#define HTTP_REQUEST_ID_SIZE 64
#define HTTP_ID_SIZE 48

/* ---- sockets and the reaper (http_socket.c) ---- */

/* What a connection is doing; each phase has its own patience. */
enum http_phase {
    HTTP_PHASE_HEAD,   /* new, or a request line has come: the rest of the header is due */
    HTTP_PHASE_BODY,   /* header complete, the body is due */
    HTTP_PHASE_WORK,   /* the engine or the reader works, or a stream is open: nothing is due */
    HTTP_PHASE_ANSWER, /* the answer is being sent */
    HTTP_PHASE_IDLE    /* between two requests */
};

struct http_socket {
    int fd;
    enum http_phase phase;
    int64_t since_ms; /* monotonic: when the phase began */
    bool shut;
    char *
        target; /* owned: raw request target of the request being read; NULL when it was too long */
    uintptr_t target_end; /* where its terminating zero stands in the library's buffer */
    struct http_socket *previous, *next;
};

/* Pure: is a connection in that phase since then overdue? */
bool http_socket_overdue(enum http_phase phase, int64_t since_ms, int64_t now_ms);
void http_socket_phase(struct http_socket *socket, enum http_phase phase);
/* Ends connections that are overdue. */
void http_socket_reap(struct http *http);
/* Callbacks of the library. */
void http_socket_notify(void *context, struct MHD_Connection *connection, void **socket_context,
                        enum MHD_ConnectionNotificationCode code);
void *http_socket_log_target(void *context, const char *target, struct MHD_Connection *connection);

/* ---- rate limits (http_bucket.c) ---- */

enum http_bucket { HTTP_BUCKET_NONE, HTTP_BUCKET_LOGIN, HTTP_BUCKET_PUBLIC, HTTP_BUCKET_COUNT };

/* A token bucket of one address. Counted in thousandths of a request. */
struct http_bucket_entry {
    uint8_t address[16];
    int64_t at_ms;
    int32_t milli;
    bool used;
};
#define HTTP_BUCKET_SETS 256
#define HTTP_BUCKET_WAYS 4
struct http_buckets {
    struct http_bucket_entry entries[HTTP_BUCKET_COUNT][HTTP_BUCKET_SETS][HTTP_BUCKET_WAYS];
};
/* Takes one request from the bucket of that address. False: too many; `ret_wait_ms` says when one
 * is free. */
bool http_bucket_take(struct http_buckets *buckets, enum http_bucket kind,
                      const uint8_t address[16], int64_t now_ms, int64_t *ret_wait_ms);
/* The peer of a connection as 16 bytes, IPv4 mapped into IPv6; all 0 when unknown. */
void http_peer_address(struct MHD_Connection *connection, uint8_t address[16]);
/* The same; of an IPv6 peer the network part only. */
void http_bucket_address(struct MHD_Connection *connection, uint8_t address[16]);

/* ---- the gate (http_gate.c), pure ---- */

/* ERR_MALFORMED_REQUEST unless the raw target is in origin form and has nothing ambiguous in it. */
MUST_USE enum err http_gate_target(const char *target);
/* The same for a header, fed name by name. */
struct http_gate {
    int hosts, lengths, cookies, encodings, authorizations;
    bool bad;
    bool chunked;
    int64_t length; /* declared body length; -1 none */
};
void http_gate_init(struct http_gate *gate);
void http_gate_add(struct http_gate *gate, const char *name, size_t name_length, const char *value,
                   size_t value_length);
MUST_USE enum err http_gate_check(const struct http_gate *gate);
/* One of the method names we know, or NULL. */
const char *http_gate_method(const char *method);
/* Decodes %XX of `length` bytes into `dst`. ERR_TOO_LONG, ERR_MALFORMED_REQUEST (bad escape or a
 * zero byte). */
MUST_USE enum err http_decode(char *dst, size_t size, const char *text, size_t length, bool plus);

/* ---- who asks (http_auth.c) ---- */

struct http_caller {
    bool known;
    bool cookie; /* signed in by cookie: writes need the CSRF token */
    uint8_t hash[DIGEST_SIZE];
    char csrf[DIGEST_HEX_SIZE];
    struct identity identity;
    int64_t expires_ms;
};

struct http_identities {
    struct identity_entry *entries; /* owned; open addressing, HTTP_IDENTITY_SLOTS long */
    bool *used;                     /* owned */
    int count;
};

MUST_USE enum err http_identities_init(struct http_identities *identities);
void http_identities_fini(struct http_identities *identities);
/* ERR_HALL_FULL when full of live entries. */
MUST_USE enum err http_identities_add(struct http_identities *identities,
                                      const struct identity_entry *entry, int64_t now_ms);
const struct identity_entry *http_identities_find(const struct http_identities *identities,
                                                  const uint8_t hash[DIGEST_SIZE], int64_t now_ms);
void http_identities_remove(struct http_identities *identities, const uint8_t hash[DIGEST_SIZE]);

/* Takes one token of that name out, or one session of that person; its hash says whose streams end.
 * False: there is none (left). */
bool http_identities_remove_named(struct http_identities *identities, enum identity_kind kind,
                                  const char *name, uint8_t ret_hash[DIGEST_SIZE]);

struct http_req;
/* Fills req->caller from Authorization or the cookie. ERR_UNAUTHORIZED when credentials were sent
 * that are not known; none at all is no error. */
MUST_USE enum err http_auth_identify(struct http_req *req);
/* Cookie writes: CSRF token and Origin. ERR_FORBIDDEN. */
MUST_USE enum err http_auth_check_write(const struct http_req *req);
/* A session for `identity`: random token text, its entry and its Set-Cookie value. */
#define HTTP_TOKEN_TEXT_SIZE 65
#define HTTP_COOKIE_SIZE 192
void http_auth_make(const struct identity *identity, char token[HTTP_TOKEN_TEXT_SIZE],
                    struct identity_entry *ret_entry);
void http_auth_cookie(const struct http *http, const char *token, int64_t max_age_s,
                      char cookie[HTTP_COOKIE_SIZE]);
/* For a device that came by cookie: the same one, as long as if it had just been given. NULL for
 * others. */
const char *http_auth_renew(const struct http_req *req, char cookie[HTTP_COOKIE_SIZE]);
/* How long a device's browser keeps its cookie: as long as browsers keep any. */
#define HTTP_DEVICE_COOKIE_S (400 * 86400)
void http_auth_csrf(const char *token, char csrf[DIGEST_HEX_SIZE]);

/* ---- routes (http_route.c, http_table.c) ---- */

typedef void http_handler(struct http_req *req);

/* Anyone, signed in or not. */
#define HTTP_ANYONE 0x80000000u
#define HTTP_SIGNED_IN ((uint32_t)ROLE_ALL)

/* One row per method and path. The dispatcher does everything generic from it: 404, 405, roles,
 * body, limits. */
struct http_route {
    const char *method;
    const char *path; /* "/api/v1/windows/{no}/next"; {no} {id} {code} {token}; {list}
                         and {part}: a section of the configuration that is one */
    uint32_t roles;   /* bits of enum identity_role, or HTTP_ANYONE */
    size_t body_max;  /* 0: takes no body */
    http_handler *handle;
    /* for http_handle_command and http_handle_query */
    enum engine_what what;
    enum cmd_kind kind;
    enum engine_reply reply;
    enum http_bucket bucket;
};
extern const struct http_route http_routes[];
extern const int http_route_count;

/* Members of a path. */
struct http_params {
    int32_t no;
    char id[HTTP_ID_SIZE];
    char code[HALL_CODE_SIZE];
    char token[TICKET_TOKEN_TEXT];
    const struct wire_section *section;
};
/* Pure: does the path (without query) match the pattern? Fills `params`. */
bool http_route_match(const char *pattern, const char *path, struct http_params *params);
/* The row for method and path. ERR_NOT_FOUND, ERR_METHOD_NOT_ALLOWED with `allow` filled ("GET,
 * HEAD, POST"). */
#define HTTP_ALLOW_SIZE 64
MUST_USE enum err http_route_find(const char *method, const char *path, struct http_params *params,
                                  char allow[HTTP_ALLOW_SIZE], const struct http_route **ret_route);
/* Length of the table's latency counters: one row per route and one for what matched none. */
struct http_counter {
    uint64_t count[6]; /* by status class; 0 unused */
    int64_t sum_us[6];
};

/* ---- requests (http_req.c) ---- */

/* What comes back from another thread through the mailbox. */
struct http_work {
    void (*back)(struct http_work *work);
};

enum http_step {
    HTTP_STEP_BODY,    /* collecting */
    HTTP_STEP_WORK,    /* suspended, the job is away */
    HTTP_STEP_BACK,    /* the job is back, the handler's second half is due */
    HTTP_STEP_WAIT,    /* suspended, waiting for the bus (long poll) */
    HTTP_STEP_ANSWERED /* a response is queued */
};

struct http_stream;

struct http_req {
    struct http_work work; /* first */
    struct http *http;
    struct MHD_Connection *connection;
    struct http_socket *socket;
    const struct http_route *route; /* NULL before it was found */
    enum http_step step;
    bool failed;   /* the connection must be closed without an answer */
    bool refusing; /* the answer is queued before the body was read: close after it */
    enum err
        refusal; /* what the first call found; answered in the last call when there is no body */
    int retry_s; /* with it */
    int tries;   /* to change the configuration */
    bool zh;     /* the reader prefers Chinese */
    bool has_body;
    const char *method;
    char *target;      /* owned; the path ends at its '?' (replaced by a zero) */
    const char *query; /* into target; "" none */
    struct http_params params;
    char request_id[HTTP_REQUEST_ID_SIZE];
    struct http_caller caller;
    struct buf body;
    struct engine_job *job;           /* owned */
    struct reader_job *reader;        /* owned */
    http_handler *arrive;             /* before it, in the order of the engine; NULL nothing */
    http_handler *resume;             /* second half; NULL: answer from the job */
    bool streaming;                   /* answered by a stream of events */
    char fresh[HTTP_TOKEN_TEXT_SIZE]; /* secret of the session that this request makes */
    int64_t wait_until_ms;
    struct http_req *wait_next;
    int64_t began_us;
    int status; /* of the answer */
};

enum MHD_Result http_req_handle(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **request_context);
/* The one place where a request is freed. */
void http_req_completed(void *context, struct MHD_Connection *connection, void **request_context,
                        enum MHD_RequestTerminationCode code);
/* A header of the request, NULL when absent. */
const char *http_req_header(const struct http_req *req, const char *name);
/* A query argument, decoded. ERR_NOT_FOUND when absent; ERR_MALFORMED_REQUEST when it does not fit
 * or decode. */
MUST_USE enum err http_req_arg(const struct http_req *req, const char *name, char *dst,
                               size_t size);
/* The same as a number in [min, max]; absent: `absent`. */
MUST_USE enum err http_req_arg_int(const struct http_req *req, const char *name, int64_t min,
                                   int64_t max, int64_t absent, int64_t *ret_value);

/* ---- jobs (http_job.c) ---- */

/* A fresh engine job of the request, with request id, device, key, versions filled. NULL: an answer
 * is queued. */
struct engine_job *http_job_make(struct http_req *req, enum engine_what what);
struct reader_job *http_job_make_reader(struct http_req *req, enum reader_what what);
/* Suspends the connection and hands the job over; `resume` is called when it is back (NULL:
 * http_reply_job). */
void http_job_submit(struct http_req *req, http_handler *resume);
void http_job_submit_reader(struct http_req *req, http_handler *resume);
/* As http_job_submit(); `arrive` is called before, and answers nothing. Resumed connections go on
 * in any order; this one is the engine's, which is what who may come in must be changed in. */
void http_job_submit_ordered(struct http_req *req, http_handler *arrive, http_handler *resume);
/* Version in If-None-Match or If-Match: -1 absent or "*"; -2 present but none of ours. */
int64_t http_job_etag(const char *text);
/* Resumes a suspended connection, once. The library, run from outside, does not wake for it: the
 * loop must. */
void http_job_resume(struct http *http, struct MHD_Connection *connection);
/* Takes what has come back and resumes each connection once. */
void http_job_collect(struct http *http);
/* Parks the request until something is published or the deadline passes; then `resume` is called.
 */
void http_job_wait(struct http_req *req, int64_t until_mono_ms, http_handler *resume);
/* Wakes parked requests: all, or those whose time is over. */
void http_job_wake_waiting(struct http *http, bool all);
/* When the first of them is due, monotonic; INT64_MAX when none is parked. */
int64_t http_job_next_wait_ms(const struct http *http);

/* ---- replies (http_reply.c) ---- */

/* KEPT: of the API, and a browser may keep it for as long as its ETag is right. */
enum http_policy { HTTP_POLICY_API, HTTP_POLICY_KEPT, HTTP_POLICY_PAGE };

struct http_reply {
    int status;
    const char *type;     /* NULL: no body */
    struct buf *body;     /* taken; NULL: none */
    const char *bytes;    /* or bytes that live for ever ... */
    size_t length;        /* ... this many */
    const char *etag;     /* with quotes; NULL none */
    const char *location; /* NULL or "" none */
    const char *allow;
    const char *cookie;
    int retry_s;
    bool replayed;
    enum http_policy policy;
};

int http_status(enum err err);
void http_reply_init(struct http_reply *reply, int status);
/* Queues the answer; the request is answered then, or failed. */
void http_reply_send(struct http_req *req, struct http_reply *reply);
void http_reply_problem(struct http_req *req, enum err err);
/* A problem that names a member or argument. */
void http_reply_problem_at(struct http_req *req, enum err err, const char *pointer,
                           const char *detail);
void http_reply_problem_full(struct http_req *req, struct wire_problem *problem,
                             struct http_reply *reply);
/* Answers from the finished engine job. */
void http_reply_job(struct http_req *req);
/* Answers 200 with the reader job's body and version, 304 when the client has that, or its problem.
 */
void http_reply_reader(struct http_req *req);
void http_reply_text(struct http_req *req, int status, const char *type, const char *text);
/* Headers every answer has. */
void http_reply_headers(const struct http_req *req, struct MHD_Response *response,
                        enum http_policy policy);
/* Does an Accept-Language header prefer Chinese to English? NULL: no. */
bool http_reply_prefers_zh(const char *header);

/* ---- streams (http_events.c, http_topics.c) ---- */

#define HTTP_TOPIC_MAX 16
enum http_topic_kind {
    HTTP_TOPIC_DISPLAY, /* code: zone, "" the hall */
    HTTP_TOPIC_WINDOW,  /* no */
    HTTP_TOPIC_SERVICE, /* code */
    HTTP_TOPIC_TICKET,  /* code: ticket id */
    HTTP_TOPIC_HALL     /* day, configuration, devices, people */
};
struct http_topic {
    enum http_topic_kind kind;
    int32_t no;
    char code[HALL_CODE_SIZE];
};
struct http_topics {
    struct http_topic list[HTTP_TOPIC_MAX];
    int count; /* 0: everything */
};
struct http_zones {
    char code[HALL_ZONE_MAX][HALL_CODE_SIZE];
    int count; /* 0: not known yet */
};
/* Pure. ERR_MALFORMED_REQUEST for an unknown topic. */
MUST_USE enum err http_topics_parse(struct http_topics *topics, const char *text);
bool http_topics_match(const struct http_topics *topics, const struct bus_frame *frame,
                       const struct http_zones *zones);

/* Something was published: wakes each stream that has something to send, once. */
void http_events_wake(struct http *http);
/* Wakes some of the streams that have something to say; the loop comes again while `due_first` is
 * set. */
void http_events_slice(struct http *http);
/* Once a second: heartbeats, sessions that are over. */
void http_events_tick(struct http *http, int64_t now_ms);
/* Ends the streams of that session; NULL: all streams. */
void http_events_end(struct http *http, const uint8_t *hash);
/* Asks the engine for the configuration, for the codes of its zones. */
void http_events_load_zones(struct http *http);

/* ---- buttons (http_button.c) ---- */

#define HTTP_BUTTON_MAX 256
struct http_button {
    char name[HTTP_ID_SIZE];
    int64_t n;
    int64_t at_ms;
    int status;
    char answer[256];
};

/* ---- handlers ---- */

/* http_command.c: rows that are one command or one question to the engine */
void http_handle_command(struct http_req *req);
void http_handle_query(struct http_req *req);
/* Asks the engine about the ticket whose secret stands in the path, whatever version the visitor
 * has; `resume` answers. */
void http_command_ask_by_token(struct http_req *req, enum engine_what what, http_handler *resume);
/* Fills who acts into job->cmd. */
void http_command_actor(const struct http_req *req, struct cmd *cmd);
/* The argument `zone` into the job; absent or empty is the whole hall. False: answered already. */
bool http_take_zone(struct http_req *req, struct engine_job *job);
/* ERR_FORBIDDEN or ERR_NOT_YOUR_WINDOW when the caller is bound to another window than `no`. */
MUST_USE enum err http_command_check_window(const struct http_req *req, int32_t no);
/* Is the caller a clerk or a button and nothing more? */
bool http_command_is_plain_clerk(const struct http_req *req);
/* http_view.c */
void http_handle_display(struct http_req *req);
void http_handle_view_window(struct http_req *req);
void http_handle_health(struct http_req *req);
void http_handle_ready(struct http_req *req);
void http_handle_metrics(struct http_req *req);
void http_handle_leds(struct http_req *req);
/* http_voice.c */
void http_handle_pack(struct http_req *req);
void http_handle_announcements(struct http_req *req);
void http_handle_audio(struct http_req *req);
void http_handle_lease(struct http_req *req);
/* The id of an announcement in a path; false when it is none. */
bool http_announcement_id(const char *text, int64_t *ret_id);
/* http_history.c */
void http_handle_ticket(struct http_req *req);
void http_handle_tickets(struct http_req *req);
void http_handle_history(struct http_req *req);
void http_handle_why(struct http_req *req);
void http_handle_public_why(struct http_req *req);
void http_handle_card(struct http_req *req);
void http_handle_public_card(struct http_req *req);
void http_handle_slip(struct http_req *req);
void http_handle_changes(struct http_req *req);
/* http_session.c */
/* Takes what a finished job has made into the table; its err says if there was no room. */
void http_session_add(struct http_req *req);
/* Every token, or every session, of that name is over, and so are its streams. */
void http_session_end(struct http *http, enum identity_kind kind, const char *name);
void http_handle_login(struct http_req *req);
void http_handle_logout(struct http_req *req);
void http_handle_me(struct http_req *req);
/* http_device.c */
void http_handle_pairing(struct http_req *req);
void http_handle_enroll(struct http_req *req);
void http_handle_revoke(struct http_req *req);
void http_handle_status(struct http_req *req);
/* http_admin.c */
/* Is it a trial (`?dry_run=1`)? */
bool http_config_is_dry(const struct http_req *req);
/* What the reader found, or what is wrong with the document. */
void http_reply_read(struct http_req *req);
/* Gives the engine's job the document that the reader has read. */
void http_config_take(struct http_req *req);
/* After READER_DOCUMENT or READER_RESTORE: has it put in force. */
void http_config_read(struct http_req *req);
void http_handle_config_put(struct http_req *req);
void http_handle_bounds(struct http_req *req);
void http_handle_try_bounds(struct http_req *req);
void http_handle_slip_preview(struct http_req *req);
void http_handle_clock(struct http_req *req);
/* http_user.c */
void http_handle_users(struct http_req *req);
void http_handle_user_create(struct http_req *req);
void http_handle_user_change(struct http_req *req);
void http_handle_user_delete(struct http_req *req);
/* http_config.c */
void http_handle_versions(struct http_req *req);
void http_handle_version(struct http_req *req);
void http_handle_restore(struct http_req *req);
void http_handle_section(struct http_req *req);
void http_handle_section_edit(struct http_req *req);
/* http_button.c */
void http_handle_inquiry(struct http_req *req);
void http_handle_press(struct http_req *req);
void http_handle_press_get(struct http_req *req);
/* http_events.c */
void http_handle_events(struct http_req *req);
void http_handle_public_events(struct http_req *req);
/* http_static.c */
/* The row of pages and their files, which are in no table but that of the program; ERR_NOT_FOUND.
 */
MUST_USE enum err http_static_find(const struct http *http, const char *path,
                                   const struct http_route **ret_route);
void http_handle_openapi(struct http_req *req);

/* ---- listeners (http_listen.c) ---- */

/* Reads certificate and key if the options name them. ERR_IO. */
MUST_USE enum err http_listen_read_tls(struct http *http);
/* Lets the process have as many descriptors as streams need, or takes fewer streams. */
void http_listen_raise_descriptors(struct http *http);
/* Opens one listener; its port is filled in. ERR_INVALID_OPTION, ERR_IO. */
MUST_USE enum err http_listen_start(struct http *http, struct http_listen *listen);

/* ---- the whole (http.c) ---- */

struct http {
    struct http_options
        options; /* web_dir and TLS names are borrowed from main for the process's life */
    struct MHD_Daemon *daemons[HTTP_LISTEN_MAX];
    int epoll_fds[HTTP_LISTEN_MAX];
    int daemon_count;
    bool tls;
    char *tls_cert_text, *tls_key_text; /* owned */
    int wake_fd;
    int bus_fd; /* the bus owns it */
    pthread_t thread;
    bool thread_started;
    atomic_bool stopping;     /* any thread */
    struct mailbox *finished; /* struct http_work *; any thread puts */
    struct mailbox *added;    /* struct identity_entry *, malloc'd; any thread puts */
    unsigned jobs;            /* away at the engine or the reader */
    bool resumed;             /* a connection was resumed since the library ran last */
    bool ending;              /* streams end, long polls answer */
    struct http_identities identities;
    struct http_buckets buckets;
    struct http_socket *sockets;
    unsigned socket_count;
    struct http_req *waiting;
    struct http_stream *streams;
    struct http_stream *due_first, *due_last; /* streams to wake, in line */
    unsigned stream_count;
    unsigned public_stream_count;
    uint64_t seen; /* bus position up to which streams were woken */
    struct http_zones zones;
    bool zones_asked;
    struct http_button buttons[HTTP_BUTTON_MAX];
    struct http_counter *counters; /* owned: http_route_count + 1 */
    uint32_t id_salt;
    uint32_t id_count;
    char demo_token[HTTP_TOKEN_TEXT_SIZE]; /* "" unless demo */
    char (*web_etags)[DIGEST_HEX_SIZE]; /* owned: one per embedded file, "" until first asked for */
};

#endif

/* reader: slow work beside the engine: password checks and questions to the stored history, on one
 * thread with a read-only connection. A job belongs to the reader until its `done` is called on the
 * reader thread. */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "digest.h"
#include "engine.h"
#include "err.h"
#include "identity.h"
#include "speech.h"
#include "store.h"

#define READER_MAILBOX_MAX 1024

enum reader_what {
    READER_LOGIN,   /* login -> identity, checked, and password_hash of a new password;
                       ERR_UNAUTHORIZED, ERR_PASSWORD_CHANGE. Same time for unknown users */
    READER_TICKETS, /* filter -> {"items":[],"next_cursor":} */
    READER_TICKET,  /* ticket_id, also of past days */
    READER_HISTORY, /* ticket_id -> {"items":[...]} */
    READER_WHY, /* ticket_id, passed -> why it was called, or that it waits, and who passed it */
    READER_WHY_OWN, /* the same, told to its owner */
    READER_SPEAK,   /* announcement, manner -> a WAV file and its etag */
    READER_CARD,    /* ticket_id -> its service's card as it was when the number was given */
    READER_PACK,    /* -> what the voice pack has and lacks, and how many calls it can tell */
    READER_USERS,   /* login.username -> that person; "" -> {"items":[person],"next_cursor":null} */
    READER_HASH,    /* login.password, which is wiped -> password_hash */
    READER_VERSIONS, /* before, limit -> {"items":[version],"next_before":n|null}, newest first */
    READER_VERSION,  /* config_version -> its document, or with `against` the diff from that version
                        to it */
    READER_DOCUMENT, /* document -> config, or problem */
    READER_RESTORE,  /* config_version -> body: its document, and config, or problem */
    READER_BOUNDS,   /* document -> what it would promise those who wait, as JSON, or problem */
    READER_EDIT, /* edit, with document as its body -> version that it changes, and as RESTORE what
                    it makes of it */
    READER_CHANGES /* after, limit -> {"items":[envelope],"next_after":n} */
};

struct reader_job {
    enum reader_what what;
    struct wire_login login;
    struct store_ticket_filter filter;
    char ticket_id[TICKET_ID_SIZE];
    int32_t passed; /* as the engine knows it; -1: as stored */
    int64_t after;
    int64_t limit;
    int64_t before;         /* 0: from the newest */
    int64_t config_version; /* VERSION */
    int64_t against;        /* VERSION; 0 none */
    const char *document;   /* borrowed until done */
    size_t document_length;
    struct wire_edit edit; /* EDIT */
    struct announcement announcement;
    struct speech_manner manner;
    /* out */
    enum err err;
    struct identity identity;
    uint8_t checked[DIGEST_SIZE]; /* LOGIN: digest of the password's hash as it was then */
    char password_hash[128];      /* HASH, LOGIN; "" none */
    struct buf body;
    int64_t version;             /* of the ticket or the document; 0 none */
    struct wire_config *config;  /* owned by the job, until somebody takes it and leaves NULL */
    struct wire_problem problem; /* of a document, when err */
    char etag[SPEECH_ETAG_SIZE];
    void (*done)(struct reader_job *job);
    void *owner;
};

void reader_job_init(struct reader_job *job, enum reader_what what);
void reader_job_fini(struct reader_job *job);

struct reader;
/* `site` and `epoch` are for envelopes. The configuration document is read from the database when
 * it changes. */
MUST_USE enum err reader_open(const char *db_path, const char *site, int64_t epoch,
                              struct reader **ret_reader);
/* The voice packs for READER_SPEAK, before reader_start(); the reader destroys them. Without them
 * nothing can be spoken (ERR_NOT_FOUND). */
void reader_set_speech(struct reader *reader, struct speech *speech);
MUST_USE enum err reader_start(struct reader *reader);
void reader_stop(struct reader *reader);
void reader_close(struct reader *reader);
MUST_USE enum err reader_submit(struct reader *reader, struct reader_job *job);

/* yescrypt. Used by `hallcall user add` and the reader. `text` has 128 bytes. */
MUST_USE enum err password_hash(const char *password, char *text);
bool password_check(const char *password, const char *text);

#endif

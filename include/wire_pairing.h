/* wire_pairing: the bodies and answers of pairing and of a device's own report. Pure values; any
 * thread. */
#ifndef WIRE_PAIRING_H
#define WIRE_PAIRING_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "hall.h"
#include "identity.h"
#include "wire.h"

/* A pairing code: so many characters, none of which is taken for another. */
#define WIRE_CODE_LENGTH 8
extern const char wire_code_alphabet[]; /* WIRE_CODE_LETTERS characters */
#define WIRE_CODE_LETTERS 31
/* A code from getrandom; and what is stored of one: its hash, keyed with the hall's key. */
void wire_code_make(char code[WIRE_CODE_LENGTH + 1]);
void wire_code_hash(const uint8_t hall_key[DIGEST_SIZE], const char *code,
                    uint8_t ret_hash[DIGEST_SIZE]);

/* {"role":"kiosk","name":"k1","window":3}: kiosk, display, rating or button; the latter two need
 * their window. ERR_INVALID_BODY. */
MUST_USE enum err wire_pairing_parse(struct identity *identity, const char *body, size_t length,
                                     struct wire_problem *problem);
/* {"code":"ABCD-EFGH"}: small letters, spaces and dashes are forgiven. What cannot be a code is ""
 * in the result, so that it is refused as an unknown one is. ERR_INVALID_BODY without a code. */
MUST_USE enum err wire_enroll_parse(char ret_code[WIRE_CODE_LENGTH + 1], const char *body,
                                    size_t length, struct wire_problem *problem);

#define WIRE_STATUS_TEXT_SIZE 64
struct wire_status { /* what a device says of itself; "" and WIRE_PAPER_UNKNOWN: nothing */
    enum wire_paper paper;
    char error[WIRE_STATUS_TEXT_SIZE]; /* the first of its errors */
    char version[HALL_CODE_SIZE];
    char screen[HALL_CODE_SIZE];
};
MUST_USE enum err wire_status_parse(struct wire_status *status, const char *body, size_t length,
                                    struct wire_problem *problem);

/* A device as the administrator sees it. Times are the hall's, 0 none. */
struct wire_paired {
    struct identity identity;
    const char *state; /* "pairing", "online", "offline", "error", "unknown" */
    int64_t made_ms;   /* when it was paired */
    int64_t seen_ms;
    int64_t expires_ms; /* of its code */
    struct wire_status status;
};
void wire_paired_print(struct buf *buf, const struct wire_paired *paired);
/* {"device_id","token","role","window"}; and for the administrator {"id","code","role","window",
 * "expires_at"}. */
void wire_enrolled_print(struct buf *buf, const struct identity *identity, const char *token);
void wire_pairing_print(struct buf *buf, const struct identity *identity, const char *code,
                        int64_t expires_ms);

#endif

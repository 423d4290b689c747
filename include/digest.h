/* digest: SHA-256, random bytes, hex and constant-time comparison.
 *
 * The only module that uses GnuTLS (which libmicrohttpd brings along). Any thread. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65

/* SHA-256 over the concatenation of two byte strings; the second may be NULL with length 0. */
void digest_sha256(const void *first, size_t first_length, const void *second, size_t second_length,
                   uint8_t ret_digest[DIGEST_SIZE]);
/* Bytes from getrandom(2). Aborts the process if the kernel has none: nothing safe could follow. */
void digest_random(void *bytes, size_t length);
/* Lower-case hex; `text` has 2 * length + 1 bytes. */
void digest_hex(const uint8_t *bytes, size_t length, char *text);
/* ERR_INVALID_BODY unless `text` is exactly 2 * length hex digits. */
MUST_USE enum err digest_unhex(const char *text, uint8_t *bytes, size_t length);
/* Equal? Takes the same time wherever they differ. */
bool digest_equal(const void *a, const void *b, size_t length);

#endif

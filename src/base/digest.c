/* digest: SHA-256 by GnuTLS, random bytes by the kernel, hex by hand.
 *
 * A hash that cannot be made means a broken library: the process ends, because a wrong hash in the
 * event log or a guessable token would be worse than none. */
#include "digest.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void digest_sha256(const void *first, size_t first_length, const void *second, size_t second_length,
                   uint8_t ret_digest[DIGEST_SIZE])
{
    if (second_length == 0) {
        if (gnutls_hash_fast(GNUTLS_DIG_SHA256, first, first_length, ret_digest) < 0) {
            abort();
        }
        return;
    }
    gnutls_hash_hd_t hash;
    if (gnutls_hash_init(&hash, GNUTLS_DIG_SHA256) < 0 ||
        (first_length > 0 && gnutls_hash(hash, first, first_length) < 0) ||
        gnutls_hash(hash, second, second_length) < 0) {
        abort();
    }
    gnutls_hash_deinit(hash, ret_digest);
}

void digest_random(void *bytes, size_t length)
{
    uint8_t *at = bytes;
    while (length > 0) {
        ssize_t got = getrandom(at, length, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            abort();
        }
        at += got;
        length -= (size_t)got;
    }
}

void digest_hex(const uint8_t *bytes, size_t length, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0x0f];
    }
    text[2 * length] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum err digest_unhex(const char *text, uint8_t *bytes, size_t length)
{
    if (strnlen(text, 2 * length + 1) != 2 * length) {
        return ERR_INVALID_BODY;
    }
    for (size_t i = 0; i < 2 * length; i++) {
        if (hex_value(text[i]) < 0) {
            return ERR_INVALID_BODY;
        }
    }
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)(hex_value(text[2 * i]) * 16 + hex_value(text[2 * i + 1]));
    }
    return ERR_NONE;
}

bool digest_equal(const void *a, const void *b, size_t length)
{
    return gnutls_memcmp(a, b, length) == 0;
}

/* sim_text: signs that never answer: dump, kanban, qsystem, and for any other protocol the text
 * that can be read in its bytes, beside the bytes. */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device_sim_internal.h"
#include "digest.h"

#define HEX_MAX 96 /* bytes told of a frame that nobody decodes */

/* In GBK, which ASCII and GB2312 are part of. */
static size_t convert(const uint8_t *bytes, size_t length, char *text, size_t size)
{
    iconv_t converter = iconv_open("UTF-8", "GBK");
    char *from = (char *)(uintptr_t)bytes;
    char *to = text;
    size_t room = size - 1;

    if (converter == (iconv_t)-1) {
        return 0;
    }
    for (size_t i = 0; i <= length && iconv(converter, &from, &length, &to, &room) == (size_t)-1;
         i++) {
        if (length == 0) {
            break;
        }
        from++; /* a byte that begins no character */
        length--;
    }
    (void)iconv_close(converter);
    return (size_t)(to - text);
}

void sim_text_put(char text[SIM_TEXT_SIZE], const uint8_t *bytes, size_t length)
{
    uint8_t plain[SIM_TEXT_SIZE];
    size_t count = 0;

    for (size_t i = 0; i < length && count < sizeof plain; i++) {
        if (bytes[i] >= 0x20 && bytes[i] != 0x7f) {
            plain[count++] = bytes[i];
        }
    }
    size_t end = convert(plain, count, text, SIM_TEXT_SIZE);
    while (end > 0 && text[end - 1] == ' ') {
        end--;
    }
    text[end] = '\0';
}

/* ---- dump ---- */

/* The number after " KEY=" (or at the front); 0 without. */
static int find_number(const char *line, const char *key)
{
    const char *at = strstr(line, key);

    return at == NULL ? 0 : (int)strtol(at + strlen(key), NULL, 10);
}

static const char *find_state(const char *line)
{
    const char *at = strstr(line, " state=");

    for (int i = 0; at != NULL && i <= BOARD_PAUSED; i++) {
        const char *text = board_state_text((enum board_state)i);
        if (strncmp(at + 7, text, strlen(text)) == 0 && at[7 + strlen(text)] == ' ') {
            return text;
        }
    }
    return NULL;
}

bool sim_dump_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard)
{
    char line[SIM_TEXT_SIZE];
    const uint8_t *end = memchr(bytes, '\n', length);
    size_t taken = end == NULL ? length : (size_t)(end - bytes);

    heard->used = end == NULL ? length : taken + 1;
    if (end == NULL || taken >= sizeof line) {
        return end != NULL || silent;
    }
    memcpy(line, bytes, taken);
    line[taken] = '\0';
    if (strncmp(line, "address=", 8) != 0) {
        return true;
    }
    heard->whole = true;
    heard->shows = true;
    heard->address = find_number(line, "address=");
    heard->row = find_number(line, " row=");
    heard->state = find_state(line);
    const char *text = strstr(line, " line=");
    const char *number = strstr(line, " number=");
    if (text != NULL) {
        (void)snprintf(heard->text, sizeof heard->text, "%s", text + 6);
    } else if (number != NULL) {
        (void)snprintf(heard->text, sizeof heard->text, "%s window %d", number + 8,
                       find_number(line, " window="));
    }
    return true;
}

/* ---- kanban ---- */

static uint8_t sum_of(const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;

    for (size_t i = 0; i < length; i++) {
        sum += bytes[i];
    }
    return (uint8_t)sum;
}

bool sim_kanban_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard)
{
    enum { COUNTER_LENGTH = 4, XUNPENG_LENGTH = 7 };
    bool xunpeng = length >= 2 && bytes[0] == 0x3a && bytes[1] == 0;
    size_t wanted = xunpeng ? XUNPENG_LENGTH : COUNTER_LENGTH;

    if (length < wanted) {
        heard->used = silent ? length : 0;
        return silent;
    }
    heard->whole =
        xunpeng ? bytes[6] == 0x0a && bytes[5] == sum_of(bytes, 5) : bytes[3] == sum_of(bytes, 3);
    heard->used = heard->whole ? wanted : 1;
    heard->shows = true;
    heard->address = xunpeng ? 0 : bytes[0];
    int value = xunpeng ? bytes[3] << 8 | bytes[2] : bytes[1] << 8 | bytes[2];
    (void)snprintf(heard->text, sizeof heard->text, "%d", value);
    return true;
}

/* ---- qsystem ---- */

bool sim_qsystem_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard)
{
    enum { FRAME_START = 0x01, FRAME_END = 0x07 };
    const uint8_t *end = memchr(bytes, FRAME_END, length);

    if (bytes[0] == FRAME_START && end == NULL && !silent) {
        return false;
    }
    heard->used = end == NULL ? length : (size_t)(end - bytes) + 1;
    if (bytes[0] == FRAME_START && end != NULL && heard->used >= 3) {
        size_t skip = 2;
        while (bytes[skip] == ' ') {
            skip++;
        }
        heard->whole = true;
        heard->shows = true;
        heard->address = bytes[1];
        sim_text_put(heard->text, bytes + skip, heard->used - 1 - skip);
    }
    return true;
}

/* ---- any other ---- */

bool sim_bytes_take(const uint8_t *bytes, size_t length, bool silent, struct sim_heard *heard)
{
    char hex[2 * HEX_MAX + 1];

    if (!silent) {
        return false;
    }
    heard->used = length;
    heard->whole = true;
    heard->shows = true;
    sim_text_put(heard->text, bytes, length);
    digest_hex(bytes, length < HEX_MAX ? length : HEX_MAX, hex);
    size_t at = strlen(heard->text);
    if (at + sizeof hex + 4 < sizeof heard->text) {
        (void)snprintf(heard->text + at, sizeof heard->text - at, " [%s]", hex);
    }
    return true;
}

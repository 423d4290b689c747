/* wire_pack: what the voice pack has and lacks, for the administrator. */
#include <string.h>

#include "wire_admin.h"
#include "wire_internal.h"

#define FINDING_MAX 200
#define LINE_SIZE 256

/* The last two steps of the file's path: the language and the clip. Where else it lies is no
 * business of a page. */
static void put_line(struct buf *buf, const char *line, size_t length)
{
    char text[LINE_SIZE];
    const char *colon = memchr(line, ':', length);
    const char *begin = colon != NULL ? colon : line;
    int slashes = 0;
    while (begin > line && (begin[-1] != '/' || ++slashes < 2)) {
        begin--;
    }
    size_t rest = (size_t)(line + length - begin);
    rest = rest < sizeof text ? rest : sizeof text - 1;
    memcpy(text, begin, rest);
    text[rest] = '\0';
    wire_put_text(buf, NULL, text);
}

static void put_findings(struct buf *buf, const char *report)
{
    int count = 0;
    wire_open_array(buf, "findings");
    while (*report != '\0') {
        size_t length = strcspn(report, "\n");
        if (count < FINDING_MAX) {
            put_line(buf, report, length);
        }
        count++;
        report += length + (report[length] == '\n' ? 1 : 0);
    }
    wire_close_array(buf);
    wire_put_int(buf, "more", count > FINDING_MAX ? count - FINDING_MAX : 0);
}

static void put_figure(struct buf *buf, const char *key, double value)
{
    if (value > 0) {
        wire_put_real(buf, key, value);
    } else {
        wire_put_null(buf, key);
    }
}

void wire_pack_print(struct buf *buf, const struct wire_pack *pack)
{
    wire_open_object(buf, NULL);
    wire_put_bool(buf, "on", pack->on);
    wire_open_array(buf, "languages");
    for (size_t i = 0; i < sizeof pack->languages / sizeof pack->languages[0]; i++) {
        wire_open_object(buf, NULL);
        wire_put_text(buf, "language", pack->languages[i].lang);
        wire_put_int(buf, "needed", pack->languages[i].needed);
        wire_put_int(buf, "good", pack->languages[i].good);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    put_findings(buf, pack->report);
    wire_open_array(buf, "zones");
    for (int i = 0; i < pack->zone_count; i++) {
        const struct wire_pack_zone *zone = &pack->zones[i];
        wire_open_object(buf, NULL);
        wire_put_text_or_null(buf, "zone", zone->zone);
        wire_put_int(buf, "windows", zone->windows);
        put_figure(buf, "call_s", zone->call_s);
        put_figure(buf, "calls_per_min", zone->calls_per_min);
        put_figure(buf, "short_per_min", zone->short_per_min);
        put_figure(buf, "wanted_per_min", zone->wanted_per_min);
        wire_close_object(buf);
    }
    wire_close_array(buf);
    wire_close_object(buf);
}

/* http_topics: which events a stream wants, as a short list, matched against frames without reading
 * their text. */
#include <stdlib.h>
#include <string.h>

#include "http_internal.h"

static enum err topic_parse(struct http_topic *topic, const char *text)
{
    static const struct {
        const char *name;
        enum http_topic_kind kind;
        bool needs_code;
    } kinds[] = {
        {"display", HTTP_TOPIC_DISPLAY, false}, {"window", HTTP_TOPIC_WINDOW, true},
        {"service", HTTP_TOPIC_SERVICE, true},  {"ticket", HTTP_TOPIC_TICKET, true},
        {"hall", HTTP_TOPIC_HALL, false},
    };
    size_t length = strcspn(text, ":");
    const char *code = text[length] ? text + length + 1 : "";

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strlen(kinds[i].name) != length || strncmp(kinds[i].name, text, length) != 0) {
            continue;
        }
        topic->kind = kinds[i].kind;
        if ((kinds[i].needs_code && code[0] == 0) ||
            text_copy(topic->code, sizeof(topic->code), code)) {
            return ERR_MALFORMED_REQUEST;
        }
        topic->no = (int32_t)strtol(code, NULL, 10);
        return topic->kind == HTTP_TOPIC_WINDOW && (topic->no < 1 || topic->no > HALL_WINDOW_NO_MAX)
                   ? ERR_MALFORMED_REQUEST
                   : ERR_NONE;
    }
    return ERR_MALFORMED_REQUEST;
}

enum err http_topics_parse(struct http_topics *topics, const char *text)
{
    char word[64];

    topics->count = 0;
    while (*text) {
        size_t length = strcspn(text, ",");
        if (length >= sizeof(word) || topics->count == HTTP_TOPIC_MAX) {
            return ERR_MALFORMED_REQUEST;
        }
        memcpy(word, text, length);
        word[length] = 0;
        if (topic_parse(&topics->list[topics->count], word)) {
            return ERR_MALFORMED_REQUEST;
        }
        topics->count++;
        text += length + (text[length] == ',' ? 1 : 0);
    }
    return ERR_NONE;
}

static bool kind_is(const struct bus_frame *frame, const char *area)
{
    return strncmp(frame->kind, area, strlen(area)) == 0;
}

static bool zone_matches(const char *code, const struct bus_frame *frame,
                         const struct http_zones *zones)
{
    /* What belongs to no zone, or to one we have not heard of yet, may concern any display. */
    if (code[0] == 0 || frame->zone < 0 || frame->zone >= zones->count) {
        return true;
    }
    return strcmp(zones->code[frame->zone], code) == 0;
}

static bool topic_matches(const struct http_topic *topic, const struct bus_frame *frame,
                          const struct http_zones *zones)
{
    switch (topic->kind) {
    case HTTP_TOPIC_DISPLAY:
        return zone_matches(topic->code, frame, zones);
    case HTTP_TOPIC_WINDOW:
        return frame->window == topic->no;
    case HTTP_TOPIC_SERVICE:
        return strcmp(frame->service, topic->code) == 0;
    case HTTP_TOPIC_TICKET:
        return strcmp(frame->ticket_id, topic->code) == 0;
    case HTTP_TOPIC_HALL:
        return kind_is(frame, "device.") || kind_is(frame, "service.") || kind_is(frame, "user.");
    }
    return false;
}

bool http_topics_match(const struct http_topics *topics, const struct bus_frame *frame,
                       const struct http_zones *zones)
{
    /* Counts, the day and the configuration concern every page. */
    if (topics->count == 0 || kind_is(frame, "queue.") || kind_is(frame, "hall.") ||
        kind_is(frame, "config.")) {
        return true;
    }
    for (int i = 0; i < topics->count; i++) {
        if (topic_matches(&topics->list[i], frame, zones)) {
            return true;
        }
    }
    return false;
}

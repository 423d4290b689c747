/* Any bytes as a request target, as a header and as a list of topics. A target that the gate lets
 * through has nothing in it that could be read in two ways, and no route makes more of it than its
 * parameters hold. */
#include <stdlib.h>
#include <string.h>

#include "../../src/http/http_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_target(char *target)
{
    const struct http_route *route = NULL;
    struct http_params params = {0};
    char allow[HTTP_ALLOW_SIZE];
    char *query = strchr(target, '?');

    if (http_gate_target(target)) {
        return;
    }
    if (query) {
        *query = 0;
    }
    if (target[0] != '/' || strstr(target, "//") || strstr(target, "/../") ||
        strchr(target, '\\')) {
        abort();
    }
    if (http_route_find("GET", target, &params, allow, &route) == ERR_NONE && !route) {
        abort();
    }
    if (params.no < 0 || params.no > HALL_WINDOW_NO_MAX ||
        strnlen(params.id, HTTP_ID_SIZE) == HTTP_ID_SIZE) {
        abort();
    }
}

static void check_header(const char *text, size_t size)
{
    struct http_gate gate;
    const char *colon = memchr(text, ':', size);
    size_t name = colon ? (size_t)(colon - text) : 0;

    http_gate_init(&gate);
    http_gate_add(&gate, "Host", 4, "h", 1);
    if (!colon) {
        return;
    }
    http_gate_add(&gate, text, name, colon + 1, size - name - 1);
    if (http_gate_check(&gate) == ERR_NONE && (memchr(text, 0, size) || gate.length < -1)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_topics topics;
    char *text = malloc(size + 1);

    if (!text || size > 4096) {
        free(text);
        return 0;
    }
    memcpy(text, data, size);
    text[size] = 0;
    check_header(text, size);
    (void)http_job_etag(text);
    (void)http_reply_prefers_zh(text);
    if (http_topics_parse(&topics, text) == ERR_NONE && topics.count > HTTP_TOPIC_MAX) {
        abort();
    }
    check_target(text);
    free(text);
    return 0;
}

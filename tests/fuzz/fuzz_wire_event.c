/* Any bytes as the data of an event in the log; the first byte chooses its kind. What is taken must
 * print to data that gives the same event again, and must print as an envelope for both audiences.
 */
#include <stdlib.h>
#include <string.h>

#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event event;
    struct event again;
    if (size == 0) {
        return 0;
    }
    const char *kind = event_kind_text((enum event_kind)(data[0] % EVENT_KIND_COUNT));
    if (wire_event_read(1, 2, 3, kind, (const char *)data + 1, size - 1, &event) != ERR_NONE) {
        return 0;
    }
    struct buf buf;
    buf_init(&buf, 1 << 16);
    wire_event_data(&buf, &event);
    if (wire_event_read(1, 2, 3, kind, buf_text(&buf), buf.length, &again) != ERR_NONE ||
        memcmp(&event, &again, sizeof event) != 0) {
        abort();
    }
    wire_event_envelope(&buf, &event, 1, "demo", WIRE_STAFF);
    wire_event_envelope(&buf, &event, 1, "demo", WIRE_PUBLIC);
    if (buf_failed(&buf)) {
        abort();
    }
    buf_fini(&buf);
    return 0;
}

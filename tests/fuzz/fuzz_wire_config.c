/* Any bytes as a configuration document. What is taken must print to a document that is taken again
 * and says the same; everything that is computed from it must come to an end. */
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define OUTPUT_MAX (8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_problem problem;
    struct wire_config *config = NULL;
    struct wire_config *again = NULL;
    if (wire_config_create((const char *)data, size, &problem, &config) != ERR_NONE) {
        if (problem.error_count == 0) {
            abort();
        }
        return 0;
    }
    struct buf buf;
    buf_init(&buf, OUTPUT_MAX);
    wire_config_print(&buf, config);
    if (wire_config_create(buf_text(&buf), buf.length, &problem, &again) != ERR_NONE ||
        memcmp(wire_config_hall(config), wire_config_hall(again), sizeof(struct hall)) != 0) {
        abort();
    }
    buf_clear(&buf);
    wire_config_diff(&buf, config, again);
    if (strcmp(buf_text(&buf), "{\"changes\":[]}") != 0) {
        abort();
    }
    wire_config_bounds(&buf, config);
    buf_fini(&buf);
    wire_config_destroy(again);
    wire_config_destroy(config);
    return 0;
}

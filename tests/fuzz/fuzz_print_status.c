/* Any bytes from a printer. The first byte of the input says after how many bytes a question is
 * asked again. No byte may be an answer when nothing is asked, and flow control changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "../../src/device/device_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct print_reader reader = {0};
    for (size_t i = 1; i < size; i++) {
        if (i % (1U + data[0] % 7U) == 0) {
            reader.asked = 1 + (int)(i % 4);
        }
        struct print_reader before = reader;
        enum print_heard heard = print_reader_take(&reader, data[i]);
        bool flow = data[i] == 0x11 || data[i] == 0x13;
        if ((heard == PRINT_HEARD_ANSWER) != (before.asked != 0 && reader.asked == 0) ||
            (flow && memcmp(&before, &reader, sizeof reader) != 0) || reader.change_length > 3 ||
            (print_status_ready(&reader.status) && print_status_text(&reader.status)[0] != '\0' &&
             !reader.status.waiting)) {
            abort();
        }
    }
    return 0;
}

/* Any bytes from FF 68 pads, told apart by silence and not. */
#include "fuzz_pad.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_pad_play(&pad_ff68, data, size, true);
    fuzz_pad_play(&pad_ff68, data, size, false);
    return 0;
}

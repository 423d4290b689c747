/* Any bytes from boxes of QSystem, told apart by silence and not. */
#include "fuzz_pad.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_pad_play(&pad_qsystem, data, size, true);
    fuzz_pad_play(&pad_qsystem, data, size, false);
    return 0;
}

/* Any bytes as what a device that wants in, or one that is in, says; the first byte chooses. What
 * is taken must be a code of our letters, or plain text. */
#include <stdlib.h>
#include <string.h>

#include "wire_pairing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char code[WIRE_CODE_LENGTH + 1];
    struct wire_status status;
    struct identity identity;
    struct wire_problem problem;
    if (size == 0) {
        return 0;
    }
    const char *body = (const char *)data + 1;
    enum err err;
    bool good = true;
    if (data[0] % 3 == 0) {
        err = wire_enroll_parse(code, body, size - 1, &problem);
        good = code[0] == '\0' || strspn(code, wire_code_alphabet) == WIRE_CODE_LENGTH;
    } else if (data[0] % 3 == 1) {
        err = wire_status_parse(&status, body, size - 1, &problem);
        good = err || (text_is_plain(status.error) && text_is_plain(status.version));
    } else {
        err = wire_pairing_parse(&identity, body, size - 1, &problem);
        good = err || (identity_role_text(identity.roles) != NULL && identity.name[0] != '\0');
    }
    if (!good || (err != ERR_NONE && problem.err != err)) {
        abort();
    }
    return 0;
}

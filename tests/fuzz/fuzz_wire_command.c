/* Any bytes as the body of a command; the first byte chooses its kind. What is refused must be
 * explained with a problem that prints, and what is taken must stay within its arrays. */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t hall_key[DIGEST_SIZE] = {7};
    struct wire_problem problem;
    struct cmd cmd;
    if (size == 0) {
        return 0;
    }
    cmd_init(&cmd, (enum cmd_kind)(data[0] % CMD_KIND_COUNT));
    enum err err = wire_command_parse(&cmd, (const char *)data + 1, size - 1, hall_key, &problem);
    bool explained = problem.error_count > 0 && problem.err == err;
    bool plain = text_is_plain(cmd.note) && text_is_plain(cmd.reason) && text_is_plain(cmd.service);
    bool bounded = cmd.service_count <= HALL_WINDOW_SERVICE_MAX && cmd.level <= 5;
    if ((err != ERR_NONE && !explained) || !plain || !bounded) {
        abort();
    }
    struct buf buf;
    buf_init(&buf, 1 << 16);
    wire_problem_print(&buf, &problem, true);
    if (buf_failed(&buf)) {
        abort();
    }
    buf_fini(&buf);
    return 0;
}

/* wire_login: the bodies of two routes that are no commands: sign-in, and the test clock. */
#include <string.h>

#include "wire_admin.h"
#include "wire_internal.h"

/* A year: enough for every test, and far from the ends of int64. */
#define ADVANCE_MAX_S (366 * 86400)

enum err wire_login_parse(struct wire_login *login, const char *body, size_t length,
                          struct wire_problem *problem)
{
    memset(login, 0, sizeof *login);
    json_t *root;
    struct wire_object object;
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    wire_read_text(&object, "username", WIRE_REQUIRED, login->username, sizeof login->username);
    wire_read_text(&object, "password", WIRE_REQUIRED, login->password, sizeof login->password);
    if (wire_read_text(&object, "new_password", WIRE_OPTIONAL, login->new_password,
                       sizeof login->new_password)) {
        if (!wire_password_is_good(login->new_password)) {
            wire_object_add(&object, "new_password", "must have at least %d characters",
                            WIRE_PASSWORD_MIN);
        } else if (strcmp(login->new_password, login->password) == 0) {
            wire_object_add(&object, "new_password", "must be another one");
        }
    }
    return wire_body_end(problem, root);
}

enum err wire_clock_parse(struct wire_clock *clock, const char *body, size_t length,
                          struct wire_problem *problem)
{
    memset(clock, 0, sizeof *clock);
    json_t *root;
    struct wire_object object;
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    int64_t advance_s;
    bool advance = wire_read_int(&object, "advance_s", WIRE_OPTIONAL, 1, ADVANCE_MAX_S, &advance_s);
    bool set = wire_read_time(&object, "set", WIRE_OPTIONAL, &clock->set_ms);
    if (advance) {
        clock->advance_ms = advance_s * 1000;
    }
    if (advance == set && problem->error_count == 0) {
        wire_object_add(&object, NULL, "exactly one of advance_s and set is required");
    }
    return wire_body_end(problem, root);
}

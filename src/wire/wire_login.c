/* wire_login: the bodies of two routes that are no commands: sign-in, and the test clock. */
#include <string.h>

#include "wire_admin.h"
#include "wire_internal.h"

/* A year: enough for every test, and far from the ends of int64. */
#define ADVANCE_MAX_S (366 * 86400)

static enum err finish(struct wire_problem *problem, json_t *root)
{
    json_decref(root);
    if (problem->error_count > 0) {
        problem->err = ERR_INVALID_BODY;
    }
    return problem->err;
}

enum err wire_login_parse(struct wire_login *login, const char *body, size_t length,
                          struct wire_problem *problem)
{
    memset(login, 0, sizeof *login);
    wire_problem_init(problem, ERR_NONE);
    json_t *root;
    enum err err = wire_json_parse(body, length, problem, &root);
    if (err) {
        return err;
    }
    struct wire_object object;
    wire_object_init(&object, root, problem);
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
    return finish(problem, root);
}

enum err wire_clock_parse(struct wire_clock *clock, const char *body, size_t length,
                          struct wire_problem *problem)
{
    memset(clock, 0, sizeof *clock);
    wire_problem_init(problem, ERR_NONE);
    json_t *root;
    enum err err = wire_json_parse(body, length, problem, &root);
    if (err) {
        return err;
    }
    struct wire_object object;
    wire_object_init(&object, root, problem);
    int64_t advance_s;
    bool advance = wire_read_int(&object, "advance_s", WIRE_OPTIONAL, 1, ADVANCE_MAX_S, &advance_s);
    bool set = wire_read_time(&object, "set", WIRE_OPTIONAL, &clock->set_ms);
    if (advance) {
        clock->advance_ms = advance_s * 1000;
    }
    if (advance == set && problem->error_count == 0) {
        wire_object_add(&object, NULL, "exactly one of advance_s and set is required");
    }
    return finish(problem, root);
}

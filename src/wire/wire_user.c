/* wire_user: people who sign in, as an administrator sends and sees them. A password goes in and
 * never comes out; its hash is known to neither side of this file. */
#include <stdio.h>
#include <string.h>

#include "wire_admin.h"
#include "wire_internal.h"

/* A name stands whole in the log. */
#define NAME_MAX_BYTES (HALL_CODE_SIZE - 1)
#define ROLE_COUNT_MAX 11
#define DESCRIPTION_MAX 512 /* every role and more; cut to the place for it */

bool wire_password_is_good(const char *password)
{
    int characters = 0;
    for (const char *c = password; *c != '\0'; c++) {
        characters += ((unsigned char)*c & 0xc0u) != 0x80u;
    }
    return characters >= WIRE_PASSWORD_MIN &&
           strnlen(password, WIRE_PASSWORD_SIZE) < WIRE_PASSWORD_SIZE && text_is_plain(password);
}

bool wire_user_name_is_good(const char *name)
{
    return name[0] != '\0' && strnlen(name, IDENTITY_NAME_SIZE) < IDENTITY_NAME_SIZE &&
           text_is_plain(name) && strpbrk(name, " /:\"\\") == NULL && !wire_is_dots(name);
}

static void read_name(const struct wire_object *object, struct wire_user *user)
{
    char name[NAME_MAX_BYTES + 1];
    if (!wire_read_text(object, "name", WIRE_REQUIRED, name, sizeof name)) {
        return;
    }
    if (!wire_user_name_is_good(name)) {
        wire_object_add(object, "name", "must not be . or .. and not have spaces and / : \" \\");
        return;
    }
    text_copy_cut(user->name, sizeof user->name, name);
}

static void read_roles(const struct wire_object *object, enum wire_need need,
                       struct wire_user *user)
{
    const json_t *list;
    if (!wire_read_array(object, "roles", need, ROLE_COUNT_MAX, &list)) {
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        uint32_t role = text != NULL ? identity_role_parse(text) : 0;
        if (role == 0) {
            wire_object_add(object, "roles", "item %zu is no role", i);
            return;
        }
        user->roles |= role;
    }
    user->changes |= WIRE_USER_ROLES;
    if (user->roles == 0) {
        wire_object_add(object, "roles", "must name at least one role");
    } else if ((user->roles & ROLE_ADMIN) != 0 && (user->roles & ROLE_AUDITOR) != 0) {
        wire_object_add(object, "roles", "admin and auditor must be different people");
    }
}

static void read_window(const struct wire_object *object, struct wire_user *user)
{
    const json_t *value = json_object_get(object->json, "window");
    if (json_is_null(value) ||
        wire_read_int32(object, "window", WIRE_OPTIONAL, 1, HALL_WINDOW_NO_MAX, &user->window)) {
        user->changes |= WIRE_USER_WINDOW;
    }
}

static void read_password(const struct wire_object *object, enum wire_need need,
                          struct wire_user *user, char password[WIRE_PASSWORD_SIZE])
{
    if (!wire_read_text(object, "password", need, password, WIRE_PASSWORD_SIZE)) {
        return;
    }
    user->changes |= WIRE_USER_PASSWORD;
    if (!wire_password_is_good(password)) {
        wire_object_add(object, "password", "must have at least %d characters", WIRE_PASSWORD_MIN);
    }
}

enum err wire_user_parse(struct wire_user *user, char password[WIRE_PASSWORD_SIZE], bool create,
                         const char *body, size_t length, struct wire_problem *problem)
{
    *user = (struct wire_user){0};
    memset(password, 0, WIRE_PASSWORD_SIZE);
    json_t *root;
    struct wire_object object;
    enum err err = wire_body_begin(body, length, problem, &root, &object);
    if (err) {
        return err;
    }
    enum wire_need need = create ? WIRE_REQUIRED : WIRE_OPTIONAL;
    if (create) {
        read_name(&object, user);
    }
    read_roles(&object, need, user);
    read_window(&object, user);
    if (wire_read_bool(&object, "disabled", WIRE_OPTIONAL, &user->disabled)) {
        user->changes |= WIRE_USER_DISABLED;
    }
    if (wire_read_bool(&object, "must_change", WIRE_OPTIONAL, &user->must_change)) {
        user->changes |= WIRE_USER_MUST_CHANGE;
    }
    read_password(&object, need, user, password);
    if (user->changes == 0 && problem->error_count == 0) {
        wire_object_add(&object, NULL,
                        "needs one of roles, window, disabled, password, must_change");
    }
    return wire_body_end(problem, root);
}

void wire_put_roles(struct buf *buf, const char *key, uint32_t roles)
{
    wire_open_array(buf, key);
    for (uint32_t role = 1; role <= ROLE_ALL; role <<= 1) {
        if ((roles & role) != 0) {
            wire_put_text(buf, NULL, identity_role_text(role));
        }
    }
    wire_close_array(buf);
}

void wire_user_print(struct buf *buf, const struct wire_user *user)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "name", user->name);
    wire_put_roles(buf, "roles", user->roles);
    wire_put_window_no(buf, "window", user->window);
    wire_put_bool(buf, "disabled", user->disabled);
    wire_put_bool(buf, "must_change", user->must_change);
    wire_put_time(buf, "created_at", user->created_ms);
    wire_put_time(buf, "last_sign_in_at", user->signed_in_ms);
    wire_close_object(buf);
}

void wire_user_describe(const struct wire_user *user, char *text, size_t size)
{
    struct buf buf;
    buf_init(&buf, DESCRIPTION_MAX);
    if ((user->changes & WIRE_USER_ROLES) != 0) {
        buf_add_text(&buf, ", roles");
        for (uint32_t role = 1; role <= ROLE_ALL; role <<= 1) {
            if ((user->roles & role) != 0) {
                buf_printf(&buf, " %s", identity_role_text(role));
            }
        }
    }
    if ((user->changes & WIRE_USER_WINDOW) != 0) {
        buf_printf(&buf, user->window > 0 ? ", window %d" : ", no window", (int)user->window);
    }
    if ((user->changes & WIRE_USER_DISABLED) != 0) {
        buf_add_text(&buf, user->disabled ? ", disabled" : ", enabled");
    }
    if ((user->changes & WIRE_USER_PASSWORD) != 0) {
        buf_add_text(&buf, ", password");
    }
    if ((user->changes & WIRE_USER_MUST_CHANGE) != 0) {
        buf_add_text(&buf, user->must_change ? ", to be changed" : ", not to be changed");
    }
    text_copy_cut(text, size, buf.length > 2 ? buf_text(&buf) + 2 : "");
    buf_fini(&buf);
}

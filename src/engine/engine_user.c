/* engine_user: who may sign in, and who is signed in.
 *
 * Passwords are hashed and compared on the reader's thread, beside this one. So a person may have
 * been changed between the check of a password and the session that it earns: the session names
 * the hash that was checked, and is refused when that is no longer the person's. */
#include <string.h>

#include "engine_internal.h"
#include "engine_reader.h"

/* Keeps an error of the database for the batch. */
static bool failed(struct engine *engine, enum err err)
{
    engine->batch_err = engine->batch_err ? engine->batch_err : err;
    return engine->batch_err != ERR_NONE;
}

/* The person as stored. False: settled, there is none or the database failed. */
static bool find(struct engine *engine, struct engine_job *job, const char *name, enum err none,
                 struct store_user *user)
{
    enum err err = store_user_get(engine->store, name, user);
    if (err == ERR_NOT_FOUND) {
        engine_fail(job, none);
    } else if (err) {
        (void)failed(engine, err);
    }
    return err == ERR_NONE;
}

/* Writes the event, which begins the transaction. False: settled. */
static bool record(struct engine *engine, struct engine_job *job, enum event_kind kind,
                   const char *name)
{
    enum err err = engine_record(engine, job, kind, name, 0);
    if (err) {
        engine_fail(job, err);
    }
    return err == ERR_NONE && engine->batch_err == ERR_NONE;
}

/* Somebody who knows the old password has chosen another one. */
static void choose_password(struct engine *engine, struct engine_job *job, struct store_user *user)
{
    job->user.changes = WIRE_USER_PASSWORD;
    wire_user_describe(&job->user, job->cmd.reason, sizeof job->cmd.reason);
    memcpy(user->password_hash, job->user.password_hash, sizeof user->password_hash);
    user->must_change = false;
    if (record(engine, job, EVENT_USER_UPDATED, user->name) &&
        !failed(engine, store_user_put(engine->store, user))) {
        (void)failed(engine, store_identity_delete_sessions(engine->store, user->name));
    }
    job->cmd.reason[0] = '\0';
    job->ended = true;
}

void engine_put_session(struct engine *engine, struct engine_job *job)
{
    struct identity *identity = &job->entry.identity;
    struct store_user user;
    uint8_t digest[DIGEST_SIZE];
    if (!find(engine, job, identity->name, ERR_UNAUTHORIZED, &user)) {
        return;
    }
    digest_sha256(user.password_hash, strlen(user.password_hash), NULL, 0, digest);
    if (user.disabled || !digest_equal(digest, job->code_hash, DIGEST_SIZE)) {
        engine_fail(job, ERR_UNAUTHORIZED);
        return;
    }
    if (user.must_change && job->user.password_hash[0] == '\0') {
        engine_fail(job, ERR_PASSWORD_CHANGE);
        return;
    }
    identity->roles = user.roles;
    identity->window = user.window;
    if (job->user.password_hash[0] != '\0') {
        choose_password(engine, job, &user);
    }
    if (record(engine, job, EVENT_USER_LOGGED_IN, identity->name) &&
        !failed(engine, store_identity_put(engine->store, &job->entry))) {
        (void)failed(engine,
                     store_user_signed_in(engine->store, user.name, clock_now_ms(&engine->clock)));
    }
    job->status = 200;
}

void engine_delete_session(struct engine *engine, struct engine_job *job)
{
    if (record(engine, job, EVENT_USER_LOGGED_OUT, job->entry.identity.name)) {
        (void)failed(engine, store_identity_delete(engine->store, job->entry.hash));
    }
    job->status = 204;
}

/* ---- an administrator's changes ---- */

static bool window_exists(struct engine *engine, struct engine_job *job)
{
    if (job->user.window == 0 || hall_find_window(core_hall(engine->core), job->user.window) >= 0) {
        return true;
    }
    engine_fail(job, ERR_INVALID_BODY);
    wire_problem_add(&job->problem, "/window", "is no window of this hall");
    return false;
}

static void answer(struct engine_job *job, const struct store_user *user, int status)
{
    reader_print_user(&job->body, user);
    job->status = status;
}

void engine_put_user(struct engine *engine, struct engine_job *job)
{
    const struct wire_user *wanted = &job->user;
    struct store_user user = {.roles = wanted->roles,
                              .window = wanted->window,
                              .disabled = wanted->disabled,
                              .must_change = wanted->must_change,
                              .created_ms = clock_now_ms(&engine->clock)};
    struct store_user present;
    enum err err = store_user_get(engine->store, wanted->name, &present);
    if (err != ERR_NOT_FOUND) {
        if (err == ERR_NONE) {
            engine_fail(job, ERR_USER_EXISTS);
        } else {
            (void)failed(engine, err);
        }
        return;
    }
    if (!window_exists(engine, job)) {
        return;
    }
    text_copy_cut(user.name, sizeof user.name, wanted->name);
    memcpy(user.password_hash, wanted->password_hash, sizeof user.password_hash);
    wire_user_describe(wanted, job->cmd.reason, sizeof job->cmd.reason);
    if (record(engine, job, EVENT_USER_CREATED, user.name)) {
        (void)failed(engine, store_user_put(engine->store, &user));
    }
    answer(job, &user, 201);
}

struct others {
    const char *name; /* not this one */
    int admins;       /* who can sign in */
};

static enum err count_admin(void *context, const struct store_user *user)
{
    struct others *others = context;
    others->admins +=
        (user->roles & ROLE_ADMIN) != 0 && !user->disabled && strcmp(user->name, others->name) != 0;
    return ERR_NONE;
}

/* False when the hall would have no administrator left, or the database failed: settled. */
static bool admin_remains(struct engine *engine, struct engine_job *job,
                          const struct store_user *before, bool after)
{
    struct others others = {.name = before->name};
    if ((before->roles & ROLE_ADMIN) == 0 || before->disabled || after) {
        return true;
    }
    if (failed(engine, store_user_each(engine->store, count_admin, &others))) {
        return false;
    }
    if (others.admins == 0) {
        engine_fail(job, ERR_LAST_ADMIN);
    }
    return others.admins > 0;
}

/* Leaves in `changes` what is different, and applies it. A password always is. */
static void apply(struct wire_user *wanted, struct store_user *user)
{
    uint32_t same = (wanted->roles == user->roles ? WIRE_USER_ROLES : 0u) |
                    (wanted->window == user->window ? WIRE_USER_WINDOW : 0u) |
                    (wanted->disabled == user->disabled ? WIRE_USER_DISABLED : 0u);
    wanted->changes &= ~same;
    if ((wanted->changes & WIRE_USER_PASSWORD) != 0) {
        memcpy(user->password_hash, wanted->password_hash, sizeof user->password_hash);
        user->must_change = wanted->must_change;
    } else if (wanted->must_change == user->must_change) {
        wanted->changes &= ~(uint32_t)WIRE_USER_MUST_CHANGE;
    }
    if ((wanted->changes & WIRE_USER_ROLES) != 0) {
        user->roles = wanted->roles;
    }
    if ((wanted->changes & WIRE_USER_WINDOW) != 0) {
        user->window = wanted->window;
    }
    if ((wanted->changes & WIRE_USER_DISABLED) != 0) {
        user->disabled = wanted->disabled;
    }
    if ((wanted->changes & WIRE_USER_MUST_CHANGE) != 0) {
        user->must_change = wanted->must_change;
    }
}

/* Nobody raises themselves. */
static bool is_own(const struct engine_job *job, const char *name)
{
    return job->cmd.actor == EVENT_ACTOR_USER && strcmp(job->cmd.actor_id, name) == 0;
}

void engine_patch_user(struct engine *engine, struct engine_job *job)
{
    struct store_user user;
    if (!find(engine, job, job->user.name, ERR_NOT_FOUND, &user) || !window_exists(engine, job)) {
        return;
    }
    const struct store_user before = user;
    apply(&job->user, &user);
    if ((job->user.changes & WIRE_USER_ROLES) != 0 && is_own(job, user.name)) {
        engine_fail(job, ERR_FORBIDDEN);
        wire_problem_add(&job->problem, "/roles", "your own are changed by another administrator");
        return;
    }
    if (!admin_remains(engine, job, &before, (user.roles & ROLE_ADMIN) != 0 && !user.disabled)) {
        return;
    }
    if (job->user.changes != 0) {
        wire_user_describe(&job->user, job->cmd.reason, sizeof job->cmd.reason);
        if (record(engine, job, EVENT_USER_UPDATED, user.name) &&
            !failed(engine, store_user_put(engine->store, &user))) {
            (void)failed(engine, store_identity_delete_sessions(engine->store, user.name));
        }
        job->ended = true;
    }
    answer(job, &user, 200);
}

void engine_delete_user(struct engine *engine, struct engine_job *job)
{
    struct store_user user;
    if (!find(engine, job, job->user.name, ERR_NOT_FOUND, &user) ||
        !admin_remains(engine, job, &user, false)) {
        return;
    }
    if (record(engine, job, EVENT_USER_DELETED, user.name) &&
        !failed(engine, store_user_delete(engine->store, user.name))) {
        (void)failed(engine, store_identity_delete_sessions(engine->store, user.name));
    }
    job->ended = true;
    job->status = 204;
}

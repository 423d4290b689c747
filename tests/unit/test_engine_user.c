/* test_engine_user: who may sign in, and who is signed in, over the engine's one road of changes.
 */
#include "digest.h"
#include "engine_fixture.h"

static void put_user(struct fixture *fixture, const char *name, uint32_t roles)
{
    struct engine_job *job = fixture_job(fixture, ENGINE_PUT_USER);
    text_copy_cut(job->user.name, sizeof job->user.name, name);
    text_copy_cut(job->user.password_hash, sizeof job->user.password_hash, "$y$first");
    job->user.roles = roles;
    job->user.changes = WIRE_USER_ROLES | WIRE_USER_PASSWORD;
    ok(ask(fixture));
    assert_int_equal(fixture->job.status, 201);
}

/* A job on that person that changes nothing yet. */
static struct wire_user *patch(struct fixture *fixture, const char *name, uint32_t changes)
{
    struct wire_user *user = &fixture_job(fixture, ENGINE_PATCH_USER)->user;
    text_copy_cut(user->name, sizeof user->name, name);
    user->changes = changes;
    return user;
}

static enum err remove_user(struct fixture *fixture, const char *name)
{
    struct engine_job *job = fixture_job(fixture, ENGINE_DELETE_USER);
    text_copy_cut(job->user.name, sizeof job->user.name, name);
    return ask(fixture);
}

/* Signs in with a password that was checked against that hash, and chooses a new one. */
static enum err choose(struct fixture *fixture, const char *name, const char *hash,
                       const char *fresh, uint8_t fill)
{
    struct engine_job *job = fixture_job(fixture, ENGINE_PUT_SESSION);
    job->entry = (struct identity_entry){.session = true,
                                         .created_ms = NOW,
                                         .expires_ms = NOW + HOUR_MS,
                                         .identity = {.kind = IDENTITY_USER}};
    memset(job->entry.hash, fill, sizeof job->entry.hash);
    text_copy_cut(job->entry.identity.name, sizeof job->entry.identity.name, name);
    digest_sha256(hash, strlen(hash), NULL, 0, job->code_hash);
    text_copy_cut(job->user.password_hash, sizeof job->user.password_hash, fresh);
    return ask(fixture);
}

static enum err sign_in(struct fixture *fixture, const char *name, const char *hash, uint8_t fill)
{
    return choose(fixture, name, hash, "", fill);
}

static enum err count_identity(void *context, const struct identity_entry *entry)
{
    int *count = context;
    *count += entry->session;
    return ERR_NONE;
}

static int sessions_after_restart(struct fixture *fixture)
{
    int count = 0;
    fixture_close(fixture);
    fixture_open(fixture);
    ok(engine_each_identity(fixture->engine, count_identity, &count));
    ok(engine_start(fixture->engine));
    return count;
}

static void keeps_sessions(void **state)
{
    struct fixture *fixture = *state;
    put_user(fixture, "zhang", ROLE_CLERK);
    ok(sign_in(fixture, "zhang", "$y$first", 7));
    assert_int_equal(fixture->job.entry.identity.roles, ROLE_CLERK);
    const struct identity_entry entry = fixture->job.entry;
    assert_int_equal(stored(fixture, "user.logged_in").count, 1);
    assert_int_equal(sessions_after_restart(fixture), 1);
    fixture_job(fixture, ENGINE_DELETE_SESSION)->entry = entry;
    ok(ask(fixture));
    assert_int_equal(fixture->job.status, 204);
    assert_int_equal(stored(fixture, "user.logged_out").count, 1);
    assert_int_equal(sessions_after_restart(fixture), 0);
}

/* The password was right when it was looked at, and the person has changed since. */
static void a_session_needs_the_person_of_now(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(sign_in(fixture, "nobody", "$y$first", 1), ERR_UNAUTHORIZED);
    put_user(fixture, "zhang", ROLE_CLERK);
    put_user(fixture, "li", ROLE_CLERK);
    assert_int_equal(sign_in(fixture, "zhang", "$y$other", 1), ERR_UNAUTHORIZED);
    ok(sign_in(fixture, "zhang", "$y$first", 2));
    ok(sign_in(fixture, "li", "$y$first", 3));
    text_copy_cut(patch(fixture, "zhang", WIRE_USER_PASSWORD)->password_hash, 128, "$y$second");
    ok(ask(fixture));
    assert_true(fixture->job.ended);
    assert_int_equal(sign_in(fixture, "zhang", "$y$first", 4), ERR_UNAUTHORIZED);
    assert_int_equal(sessions_after_restart(fixture), 1); /* li's */
    patch(fixture, "zhang", WIRE_USER_DISABLED)->disabled = true;
    ok(ask(fixture));
    assert_int_equal(sign_in(fixture, "zhang", "$y$second", 5), ERR_UNAUTHORIZED);
    patch(fixture, "zhang", WIRE_USER_ROLES)->roles = ROLE_LOBBY;
    ok(ask(fixture));
    patch(fixture, "zhang", WIRE_USER_DISABLED)->disabled = false;
    ok(ask(fixture));
    ok(sign_in(fixture, "zhang", "$y$second", 6));
    assert_int_equal(fixture->job.entry.identity.roles, ROLE_LOBBY);
    ok(remove_user(fixture, "zhang"));
    assert_int_equal(sign_in(fixture, "zhang", "$y$second", 8), ERR_UNAUTHORIZED);
    assert_int_equal(sessions_after_restart(fixture), 1);
}

/* A password for once opens nothing but the choice of another one. */
static void a_password_for_once_is_changed_by_signing_in(void **state)
{
    struct fixture *fixture = *state;
    put_user(fixture, "zhang", ROLE_CLERK);
    ok(sign_in(fixture, "zhang", "$y$first", 1));
    patch(fixture, "zhang", WIRE_USER_MUST_CHANGE)->must_change = true;
    ok(ask(fixture));
    assert_true(fixture->job.ended);
    assert_int_equal(sign_in(fixture, "zhang", "$y$first", 2), ERR_PASSWORD_CHANGE);
    assert_int_equal(sessions_after_restart(fixture), 0);
    assert_int_equal(choose(fixture, "zhang", "$y$wrong", "$y$own", 3), ERR_UNAUTHORIZED);
    ok(choose(fixture, "zhang", "$y$first", "$y$own", 4));
    assert_true(fixture->job.ended);
    assert_int_equal(sign_in(fixture, "zhang", "$y$first", 5), ERR_UNAUTHORIZED);
    ok(sign_in(fixture, "zhang", "$y$own", 6));
    assert_int_equal(sessions_after_restart(fixture), 2);
    ok(choose(fixture, "zhang", "$y$own", "$y$next", 7));
    assert_int_equal(sessions_after_restart(fixture), 1);
    assert_int_equal(stored(fixture, "user.updated").count, 3);
}

static void what_changes_nothing_ends_nothing(void **state)
{
    struct fixture *fixture = *state;
    put_user(fixture, "zhang", ROLE_CLERK);
    ok(sign_in(fixture, "zhang", "$y$first", 1));
    struct wire_user *user =
        patch(fixture, "zhang", WIRE_USER_ROLES | WIRE_USER_DISABLED | WIRE_USER_WINDOW);
    user->roles = ROLE_CLERK;
    ok(ask(fixture));
    assert_false(fixture->job.ended);
    assert_int_equal(stored(fixture, "user.updated").count, 0);
    assert_int_equal(sessions_after_restart(fixture), 1);
    patch(fixture, "zhang", WIRE_USER_WINDOW)->window = 3;
    ok(ask(fixture));
    assert_true(fixture->job.ended);
    assert_int_equal(sessions_after_restart(fixture), 0);
}

static void an_administrator_remains(void **state)
{
    struct fixture *fixture = *state;
    put_user(fixture, "one", ROLE_ADMIN);
    put_user(fixture, "other", ROLE_ADMIN | ROLE_CLERK);
    patch(fixture, "other", WIRE_USER_DISABLED)->disabled = true;
    ok(ask(fixture));
    /* Who cannot sign in does not administer. */
    assert_int_equal(remove_user(fixture, "one"), ERR_LAST_ADMIN);
    patch(fixture, "one", WIRE_USER_ROLES)->roles = ROLE_CLERK;
    assert_int_equal(ask(fixture), ERR_LAST_ADMIN);
    patch(fixture, "one", WIRE_USER_DISABLED)->disabled = true;
    assert_int_equal(ask(fixture), ERR_LAST_ADMIN);
    patch(fixture, "one", WIRE_USER_WINDOW)->window = 3;
    ok(ask(fixture));
    ok(remove_user(fixture, "other"));
    put_user(fixture, "third", ROLE_ADMIN);
    ok(remove_user(fixture, "one"));
    assert_int_equal(remove_user(fixture, "third"), ERR_LAST_ADMIN);
    assert_int_equal(remove_user(fixture, "one"), ERR_NOT_FOUND);
    assert_int_equal(stored(fixture, "user.deleted").count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_sessions),
        TEST(a_session_needs_the_person_of_now),
        TEST(a_password_for_once_is_changed_by_signing_in),
        TEST(what_changes_nothing_ends_nothing),
        TEST(an_administrator_remains),
    };
    return cmocka_run_group_tests_name("engine_user", tests, NULL, NULL);
}

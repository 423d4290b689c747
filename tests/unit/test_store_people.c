/* test_store_people: configuration documents, users, tokens and sessions. */
#include "store_fixture.h"

/* ---- configuration ---- */

static void configurations_are_numbered_and_kept(void **state)
{
    struct fixture *fixture = *state;
    struct buf document;
    buf_init(&document, 100);
    int64_t version = -1;
    assert_int_equal(store_config_get(fixture->store, 0, &document, &version), ERR_NOT_FOUND);
    ok(store_config_put(fixture->store, FIXTURE_MS, "user:a", "{\"a\":1} trailing", 7, &version));
    assert_int_equal(version, 1);
    ok(store_config_put(fixture->store, FIXTURE_MS, "user:a", "{\"a\":2}", 7, &version));
    assert_int_equal(version, 2);
    fixture_reopen(fixture);
    ok(store_config_get(fixture->store, 0, &document, &version));
    assert_int_equal(version, 2);
    assert_string_equal(buf_text(&document), "{\"a\":2}");
    ok(store_config_get(fixture->store, 1, &document, &version));
    assert_int_equal(version, 1);
    assert_string_equal(buf_text(&document), "{\"a\":1}");
    assert_int_equal(store_config_get(fixture->store, 3, &document, &version), ERR_NOT_FOUND);
    buf_fini(&document);
}

/* ---- people and tokens ---- */

static enum err collect_user(void *context, const struct store_user *user)
{
    strncat(context, user->name, 50);
    return ERR_NONE;
}

static void users_are_kept_by_name(void **state)
{
    struct fixture *fixture = *state;
    struct store_user user = {.name = "zhang",
                              .password_hash = "$y$j9T$abc",
                              .roles = ROLE_CLERK | ROLE_MONITORING,
                              .window = 3,
                              .created_ms = FIXTURE_MS};
    ok(store_user_put(fixture->store, &user));
    struct store_user other = {.name = "an", .password_hash = "h", .roles = ROLE_ADMIN};
    ok(store_user_put(fixture->store, &other));
    struct store_user back;
    ok(store_user_get(fixture->store, "zhang", &back));
    assert_string_equal(back.name, "zhang");
    assert_string_equal(back.password_hash, "$y$j9T$abc");
    assert_int_equal(back.roles, ROLE_CLERK | ROLE_MONITORING);
    assert_int_equal(back.window, 3);
    assert_false(back.disabled);
    assert_int_equal(back.created_ms, FIXTURE_MS);
    user.disabled = true;
    ok(store_user_put(fixture->store, &user));
    ok(store_user_get(fixture->store, "zhang", &back));
    assert_true(back.disabled);
    assert_int_equal(store_user_get(fixture->store, "Zhang", &back), ERR_NOT_FOUND);
    char names[100] = "";
    ok(store_user_each(fixture->store, collect_user, names));
    assert_string_equal(names, "anzhang");
}

static enum err collect_identity(void *context, const struct identity_entry *entry)
{
    strncat(context, entry->identity.name, 50);
    return ERR_NONE;
}

static struct identity_entry identity(const char *name, uint8_t fill, bool session,
                                      int64_t expires_ms)
{
    struct identity_entry entry = {.identity = {.kind = session ? IDENTITY_USER : IDENTITY_TOKEN,
                                                .roles = ROLE_KIOSK,
                                                .window = 2},
                                   .session = session,
                                   .created_ms = FIXTURE_MS + fill,
                                   .expires_ms = expires_ms};
    snprintf(entry.identity.name, sizeof entry.identity.name, "%s", name);
    memset(entry.hash, fill, sizeof entry.hash);
    return entry;
}

static enum err copy_identity(void *context, const struct identity_entry *entry)
{
    *(struct identity_entry *)context = *entry;
    return ERR_NONE;
}

static void identities_end_when_they_are_over(void **state)
{
    struct fixture *fixture = *state;
    struct identity_entry token = identity("k1.", 1, false, 0);
    struct identity_entry session = identity("zhang.", 2, true, FIXTURE_MS + 100);
    ok(store_identity_put(fixture->store, &token));
    struct identity_entry back;
    ok(store_identity_each(fixture->store, FIXTURE_MS, copy_identity, &back));
    assert_memory_equal(back.hash, token.hash, DIGEST_SIZE);
    assert_int_equal(back.identity.kind, IDENTITY_TOKEN);
    assert_int_equal(back.identity.roles, ROLE_KIOSK);
    assert_int_equal(back.identity.window, 2);
    assert_false(back.session);
    assert_int_equal(back.created_ms, FIXTURE_MS + 1);
    assert_int_equal(back.expires_ms, 0);
    ok(store_identity_put(fixture->store, &session));
    char names[100] = "";
    ok(store_identity_each(fixture->store, FIXTURE_MS + 99, collect_identity, names));
    assert_string_equal(names, "k1.zhang.");
    names[0] = '\0';
    ok(store_identity_each(fixture->store, FIXTURE_MS + 100, collect_identity, names));
    assert_string_equal(names, "k1.");
    /* The next one to sign in takes the dead session away for good. */
    struct identity_entry later = identity("li.", 200, true, FIXTURE_MS + 1000);
    ok(store_identity_put(fixture->store, &later));
    names[0] = '\0';
    ok(store_identity_each(fixture->store, FIXTURE_MS, collect_identity, names));
    assert_string_equal(names, "k1.li.");
    ok(store_identity_delete(fixture->store, token.hash));
    names[0] = '\0';
    ok(store_identity_each(fixture->store, FIXTURE_MS, collect_identity, names));
    assert_string_equal(names, "li.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(configurations_are_numbered_and_kept),
        TEST(users_are_kept_by_name),
        TEST(identities_end_when_they_are_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

/* "version actor from document;" for each. */
static enum err collect_version(void *context, const struct store_version *version)
{
    struct buf *lines = context;
    buf_printf(lines, "%d %s %d %.*s;", (int)version->version, version->actor,
               (int)version->restored_from, (int)version->length, version->document);
    return ERR_NONE;
}

static void versions_are_listed_from_the_newest(void **state)
{
    struct fixture *fixture = *state;
    const char *const documents[] = {"{}", "{\"a\":1}", "{}"};
    int64_t version = 0;
    struct buf lines;
    buf_init(&lines, 200);
    ok(store_config_each(fixture->store, 0, 9, collect_version, &lines));
    assert_string_equal(buf_text(&lines), "");
    for (int i = 0; i < 3; i++) {
        ok(store_config_put(fixture->store, FIXTURE_MS, "zhang", documents[i], strlen(documents[i]),
                            &version));
    }
    ok(store_config_mark(fixture->store, 3, 1));
    fixture_reopen(fixture);
    ok(store_config_each(fixture->store, 0, 2, collect_version, &lines));
    assert_string_equal(buf_text(&lines), "3 zhang 1 {};2 zhang 0 {\"a\":1};");
    buf_clear(&lines);
    ok(store_config_each(fixture->store, 2, 2, collect_version, &lines));
    assert_string_equal(buf_text(&lines), "1 zhang 0 {};");
    buf_fini(&lines);
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

static void tokens_go_by_their_name(void **state)
{
    struct fixture *fixture = *state;
    struct identity_entry tokens[] = {identity("k1", 1, false, 0), identity("k1", 2, false, 0),
                                      identity("k2", 3, false, 0),
                                      identity("k1", 4, true, FIXTURE_MS + 100)};
    for (int i = 0; i < 4; i++) {
        ok(store_identity_put(fixture->store, &tokens[i]));
    }
    ok(store_identity_delete_named(fixture->store, "k1"));
    ok(store_identity_delete_named(fixture->store, "nobody"));
    char names[100] = "";
    ok(store_identity_each(fixture->store, FIXTURE_MS, collect_identity, names));
    assert_string_equal(names, "k2k1"); /* the person of that name stays signed in */
}

static enum err collect_pairing(void *context, const struct store_pairing *pairing)
{
    strncat(context, pairing->identity.name, 50);
    return ERR_NONE;
}

static enum err copy_pairing(void *context, const struct store_pairing *pairing)
{
    *(struct store_pairing *)context = *pairing;
    return ERR_NONE;
}

static struct store_pairing pairing(const char *name, uint8_t fill, int64_t expires_ms)
{
    struct store_pairing made = {
        .identity = {.kind = IDENTITY_TOKEN, .roles = ROLE_RATING, .window = 3},
        .expires_ms = expires_ms};
    snprintf(made.identity.name, sizeof made.identity.name, "%s", name);
    memset(made.hash, fill, sizeof made.hash);
    return made;
}

static void codes_wait_until_they_expire(void **state)
{
    struct fixture *fixture = *state;
    struct store_pairing first = pairing("r3.", 1, FIXTURE_MS + 100);
    struct store_pairing second = pairing("r4.", 2, FIXTURE_MS + 200);
    ok(store_pairing_put(fixture->store, FIXTURE_MS, &second));
    ok(store_pairing_put(fixture->store, FIXTURE_MS, &first));
    fixture_reopen(fixture);
    char names[100] = "";
    ok(store_pairing_each(fixture->store, FIXTURE_MS + 99, collect_pairing, names));
    assert_string_equal(names, "r3.r4.");
    names[0] = '\0';
    ok(store_pairing_each(fixture->store, FIXTURE_MS + 100, collect_pairing, names));
    assert_string_equal(names, "r4.");
    /* The next one that is made takes the dead one away for good. */
    struct store_pairing fresh = pairing("r4.", 9, FIXTURE_MS + 900);
    ok(store_pairing_put(fixture->store, FIXTURE_MS + 100, &fresh));
    names[0] = '\0';
    ok(store_pairing_each(fixture->store, 0, collect_pairing, names));
    assert_string_equal(names, "r4.");
    struct store_pairing back;
    ok(store_pairing_each(fixture->store, 0, copy_pairing, &back));
    assert_memory_equal(back.hash, fresh.hash, DIGEST_SIZE);
    assert_int_equal(back.expires_ms, FIXTURE_MS + 900);
    assert_int_equal(back.identity.kind, IDENTITY_TOKEN);
    assert_int_equal(back.identity.roles, ROLE_RATING);
    assert_int_equal(back.identity.window, 3);
    ok(store_pairing_delete(fixture->store, "r4."));
    names[0] = '\0';
    ok(store_pairing_each(fixture->store, 0, collect_pairing, names));
    assert_string_equal(names, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(configurations_are_numbered_and_kept),
        TEST(versions_are_listed_from_the_newest),
        TEST(users_are_kept_by_name),
        TEST(identities_end_when_they_are_over),
        TEST(tokens_go_by_their_name),
        TEST(codes_wait_until_they_expire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

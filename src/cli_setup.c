/* cli_setup: how the first administrator of a hall gets in by a browser.
 *
 * While nobody may administer, each start makes a pairing code for the page /admin and tells it in
 * the log, which only who runs the machine can read. It is good once, for a quarter of an hour, and
 * the device it makes is called SETUP_NAME, so that it can be told and taken back like any other.
 * When somebody became administrator in another way, the code that was told before is taken back.
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "log.h"
#include "wire_pairing.h"

#define SETUP_NAME "setup"
#define SETUP_MS (15 * 60 * 1000)

static enum err find_user(void *context, const struct store_user *user)
{
    bool *any = context;
    *any = *any || ((user->roles & ROLE_ADMIN) != 0 && !user->disabled);
    return ERR_NONE;
}

static enum err find_token(void *context, const struct identity_entry *entry)
{
    bool *any = context;
    *any = *any || (!entry->session && (entry->identity.roles & ROLE_ADMIN) != 0);
    return ERR_NONE;
}

static enum err find_offer(void *context, const struct store_pairing *pairing)
{
    bool *any = context;
    *any = *any || (pairing->identity.roles & ROLE_ADMIN) != 0;
    return ERR_NONE;
}

/* Nothing else makes codes for administrators. */
static enum err take_back(struct store *store)
{
    bool any = false;
    enum err err = store_pairing_each(store, 0, find_offer, &any);
    return err || !any ? err : store_pairing_delete(store, SETUP_NAME);
}

enum err cli_offer_setup(struct store *store, int64_t now_ms)
{
    struct store_pairing pairing = {.identity = {.kind = IDENTITY_TOKEN, .roles = ROLE_ADMIN}};
    int64_t seq = 0;
    int64_t last_ms = 0;
    int64_t epoch = 0;
    char code[WIRE_CODE_LENGTH + 1];
    uint8_t key[DIGEST_SIZE];
    bool any = false;
    enum err err = store_user_each(store, find_user, &any);
    err = err ? err : store_identity_each(store, now_ms, find_token, &any);
    if (err || any) {
        return err ? err : take_back(store);
    }
    err = store_hall_key(store, key);
    err = err ? err : store_event_last(store, &seq, &last_ms, &epoch);
    if (err) {
        return err;
    }
    now_ms = now_ms > last_ms ? now_ms : last_ms;
    pairing.expires_ms = now_ms + SETUP_MS;
    wire_code_make(code);
    wire_code_hash(key, code, pairing.hash);
    text_copy_cut(pairing.identity.name, sizeof pairing.identity.name, SETUP_NAME);
    err = store_pairing_put(store, now_ms, &pairing);
    if (err == ERR_NONE) {
        log_warn("serve",
                 "nobody may administer this hall yet: open /admin within 15 minutes, "
                 "code=%s",
                 code);
    }
    explicit_bzero(code, sizeof code);
    return err;
}

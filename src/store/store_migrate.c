/* store_migrate: takes a database to the newest schema.
 *
 * The steps are the files of sql/schema, in order; each is one transaction and ends by setting
 * user_version to its number. So a step that was cut off has not happened, and the next start runs
 * it again. */
#include <stdio.h>

#include "store_internal.h"

enum err store_migrate_version(struct store *store, int64_t *ret_version)
{
    int64_t id = 0;
    int64_t version = 0;
    int64_t tables = 0;
    enum err err = store_script_int(store, store_script_application_id, &id);
    if (!err) {
        err = store_script_int(store, store_script_user_version, &version);
    }
    if (!err) {
        err = store_script_int(store, store_script_table_count, &tables);
    }
    if (err) {
        return err;
    }
    bool empty = id == 0 && version == 0 && tables == 0;
    if (!empty && id != STORE_APPLICATION_ID) {
        return store_refuse(store, ERR_STORE_CORRUPT,
                            "the file is the database of another program");
    }
    if (version > STORE_STEP_COUNT) {
        return store_refuse(store, ERR_STORE_NEWER, "the database was written by a newer version");
    }
    *ret_version = version;
    return ERR_NONE;
}

/* One step, inside a transaction. */
static enum err store_migrate_step(struct store *store, const struct store_step *step)
{
    for (const char *const *statement = step->statements; *statement != NULL; statement++) {
        enum err err = store_script_run(store, *statement);
        if (err) {
            return err;
        }
    }
    int64_t version = 0;
    enum err err = store_script_int(store, store_script_user_version, &version);
    if (err) {
        return err;
    }
    if (version != step->number) {
        return store_refuse(store, ERR_INTERNAL, "a schema step does not set its own number");
    }
    return store_script_run(store, store_script_commit);
}

enum err store_migrate(struct store *store)
{
    int64_t version = 0;
    enum err err = store_migrate_version(store, &version);
    for (int i = (int)version; !err && i < STORE_STEP_COUNT; i++) {
        err = store_script_run(store, store_script_begin_write);
        if (err) {
            return err;
        }
        err = store_migrate_step(store, &store_steps[i]);
        if (err && !sqlite3_get_autocommit(store->db)) {
            /* The message of the step is worth more than that of the rollback. */
            (void)sqlite3_exec(store->db, store_script_rollback, NULL, NULL, NULL);
        }
    }
    return err;
}

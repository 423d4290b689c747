/* reader_user: who may sign in, as a list, or one of them. */
#include "engine_reader.h"
#include "wire_admin.h"

struct people {
    struct buf *body;
    int count;
};

static enum err take_user(void *context, const struct store_user *user)
{
    struct people *people = context;
    buf_add_text(people->body, people->count > 0 ? "," : "");
    people->count++;
    reader_print_user(people->body, user);
    return ERR_NONE;
}

void reader_print_user(struct buf *buf, const struct store_user *user)
{
    struct wire_user shown = {.roles = user->roles,
                              .window = user->window,
                              .disabled = user->disabled,
                              .must_change = user->must_change,
                              .created_ms = user->created_ms,
                              .signed_in_ms = user->signed_in_ms};
    text_copy_cut(shown.name, sizeof shown.name, user->name);
    wire_user_print(buf, &shown);
}

enum err reader_list_users(struct store *store, struct reader_job *job)
{
    struct store_user user;
    if (job->login.username[0] != '\0') {
        enum err found = store_user_get(store, job->login.username, &user);
        if (found == ERR_NONE) {
            reader_print_user(&job->body, &user);
        }
        return found;
    }
    struct people people = {.body = &job->body};
    buf_add_text(&job->body, "{\"items\":[");
    enum err err = store_user_each(store, take_user, &people);
    buf_add_text(&job->body, "],\"next_cursor\":null}");
    return err;
}

/* Any bytes as what an administrator sends of people and of one section of the configuration; the
 * first byte chooses. What is taken of a person must stand in a path, a log and the database. A
 * section that is taken makes a document that is read again and has what was sent; what is refused
 * points into the body that was sent, or nowhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web_files.h"
#include "wire.h"
#include "wire_admin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good) {
        abort();
    }
}

static struct wire_config *demo(void)
{
    static struct wire_config *config;
    struct wire_problem problem;
    for (const struct web_file *file = web_files; config == NULL && file->path != NULL; file++) {
        if (strcmp(file->path, "src/demo/hall.json") == 0) {
            must(wire_config_create((const char *)file->begin, (size_t)(file->end - file->begin),
                                    &problem, &config) == ERR_NONE);
        }
    }
    must(config != NULL);
    return config;
}

static void try_user(const char *body, size_t size, bool create)
{
    struct wire_user user;
    struct wire_problem problem;
    struct buf buf;
    char password[WIRE_PASSWORD_SIZE];
    char text[128];
    enum err err = wire_user_parse(&user, password, create, body, size, &problem);
    must(err == problem.err);
    if (err) {
        return;
    }
    must(user.changes != 0 && (!create || wire_user_name_is_good(user.name)));
    must((user.changes & WIRE_USER_PASSWORD) == 0 || wire_password_is_good(password));
    wire_user_describe(&user, text, sizeof text);
    must(text[0] != '\0' && text_is_plain(text));
    buf_init(&buf, 64 * 1024);
    wire_user_print(&buf, &user);
    must(!buf_failed(&buf) && strstr(buf_text(&buf), "password") == NULL);
    buf_fini(&buf);
}

/* The document that the edit made, as the engine would take it. */
static void take(struct wire_edit *edit, struct buf *document)
{
    struct wire_problem problem;
    struct wire_config *made = NULL;
    struct buf shown;
    enum err err = wire_config_create(buf_text(document), document->length, &problem, &made);
    if (err) {
        must(edit->verb == WIRE_REMOVE || problem.error_count > 0);
        wire_edit_relate(&problem, edit);
        for (int i = 0; i < problem.error_count; i++) {
            const char *pointer = problem.errors[i].pointer;
            must(pointer[0] == '\0' || (pointer[0] == '/' && edit->verb != WIRE_REMOVE));
        }
        return;
    }
    buf_init(&shown, 4 * 1024 * 1024);
    err = wire_section_print(&shown, made, edit->section, edit->code);
    must(err == (edit->verb == WIRE_REMOVE ? ERR_NOT_FOUND : ERR_NONE));
    wire_config_destroy(made);
    buf_fini(&shown);
}

static void try_edit(const char *body, size_t size, uint8_t which, enum wire_verb verb)
{
    static const struct {
        const char *section, *code;
    } places[] = {{"services", "pension"},
                  {"windows", "3"},
                  {"zones", "upper"},
                  {"classes", "elderly"},
                  {"notices", "guide-ticket"},
                  {"ports", "bus1"},
                  {"displays", "led1"},
                  {"profiles", "relief"},
                  {"hall", ""},
                  {"rating", ""},
                  {"staff", ""},
                  {"reasons", ""},
                  {"calendar", ""},
                  {"policy", ""},
                  {"voice", ""},
                  {"slip", ""}};
    size_t at = which % (sizeof places / sizeof places[0]);
    struct wire_edit edit = {
        .section = wire_section_find(places[at].section, strlen(places[at].section)), .verb = verb};
    struct wire_problem problem;
    struct buf document;
    must(edit.section != NULL);
    if (edit.section->key == NULL && verb == WIRE_ADD) {
        return; /* there is no such route */
    }
    text_copy_cut(edit.code, sizeof edit.code, places[at].code);
    buf_init(&document, 4 * 1024 * 1024);
    enum err err = wire_config_edit(&document, demo(), &edit, body, size, &problem);
    must(err == problem.err);
    if (err == ERR_NONE) {
        take(&edit, &document);
    }
    buf_fini(&document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_login login;
    struct wire_problem problem;
    if (size < 2) {
        return 0;
    }
    const char *body = (const char *)data + 2;
    switch (data[0] % 6) {
    case 0:
    case 1:
        try_user(body, size - 2, data[0] % 6 == 0);
        break;
    case 2:
        must(wire_login_parse(&login, body, size - 2, &problem) == problem.err);
        break;
    default:
        try_edit(body, size - 2, data[1], (enum wire_verb)(data[0] % 3));
        break;
    }
    return 0;
}

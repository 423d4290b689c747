/* test_phrase: sentences against tests/voice/phrases.tsv, which golden.mjs made by rules of its
 * own; and the tables of clips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "phrase.h"

#define GOLDEN "tests/voice/phrases.tsv"
#define FIELD_COUNT 9
#define LINE_SIZE 1024

/* Cuts the line at its tabs. */
static void split(char *line, char *fields[FIELD_COUNT])
{
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < FIELD_COUNT; i++) {
        fields[i] = line;
        char *tab = strchr(line, '\t');
        if (tab != NULL) {
            *tab = '\0';
            line = tab + 1;
        }
        assert_true(tab != NULL || i == FIELD_COUNT - 1);
    }
}

static struct announcement take_item(char *fields[FIELD_COUNT])
{
    struct announcement item = {.kind = announcement_kind_parse(fields[0]),
                                .place = strcmp(fields[1], "room") == 0       ? HALL_PLACE_ROOM
                                         : strcmp(fields[1], "pharmacy") == 0 ? HALL_PLACE_PHARMACY
                                                                              : HALL_PLACE_WINDOW,
                                .window = (int32_t)strtol(fields[3], NULL, 10),
                                .calls = (int32_t)strtol(fields[4], NULL, 10)};
    text_copy_cut(item.number, sizeof item.number, fields[2]);
    text_copy_cut(item.text, sizeof item.text, fields[5]);
    assert_true(item.kind < ANNOUNCEMENT_KIND_COUNT);
    return item;
}

static void sentences_are_as_written(void **state)
{
    (void)state;
    char line[LINE_SIZE];
    char *fields[FIELD_COUNT];
    int cases = 0;
    FILE *file = fopen(GOLDEN, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        split(line, fields);
        struct announcement item = take_item(fields);
        for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
            struct phrase phrase;
            char text[PHRASE_TEXT_SIZE] = "";
            if (phrase_make(&phrase, (enum phrase_lang)lang, &item, fields[6][0] == '1')) {
                phrase_print(&phrase, text);
            }
            if (strcmp(text, fields[7 + lang]) != 0) {
                fail_msg("case %d: \"%s\" instead of \"%s\"", cases + 1, text, fields[7 + lang]);
            }
        }
        cases++;
    }
    (void)fclose(file);
    assert_true(cases > 1000 + 26 * 12);
}

/* File names are unique and go into any file system, and every clip is used by some sentence or is
 * a letter or digit. */
static void clips_have_names_of_their_own(void **state)
{
    (void)state;
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        int count;
        const struct phrase_clip *clips = phrase_clips((enum phrase_lang)lang, &count);
        assert_in_range(count, 50, 100);
        for (int i = 0; i < count; i++) {
            assert_true(strlen(clips[i].name) > 0 && strlen(clips[i].text) > 0 &&
                        strlen(clips[i].say) > 0);
            assert_int_equal(strspn(clips[i].name, "abcdefghijklmnopqrstuvwxyz"
                                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
                             strlen(clips[i].name));
            for (int k = 0; k < i; k++) {
                assert_string_not_equal(clips[k].name, clips[i].name);
            }
        }
    }
}

/* The longest that can be: three numbers of eleven characters that are no row. */
static void the_longest_fits(void **state)
{
    (void)state;
    struct announcement item = {.kind = ANNOUNCEMENT_SOON};
    text_copy_cut(item.text, sizeof item.text, "VIP77777777,VIP88888888,VIP99999999");
    for (int lang = 0; lang < PHRASE_LANG_COUNT; lang++) {
        struct phrase phrase;
        char text[PHRASE_TEXT_SIZE];
        assert_true(phrase_make(&phrase, (enum phrase_lang)lang, &item, false));
        phrase_print(&phrase, text);
        assert_true(strlen(text) < PHRASE_TEXT_SIZE - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_are_as_written),
        cmocka_unit_test(clips_have_names_of_their_own),
        cmocka_unit_test(the_longest_fits),
    };
    return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}

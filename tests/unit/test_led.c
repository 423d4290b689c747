/* test_led: every driver against the golden frames in tests/led.
 *
 * tests/led/DRIVER/NAME.board is a content as lines "key=value"; beside it lies what must come out:
 * NAME.hex (the frame), NAME.txt (the frame as text) or NAME.err (the slug of the refusal). Lines
 * that begin with # say where it is from. tests/led/modbus/vectors.txt and judge.txt hold public
 * frames and what a reply means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/device/device_internal.h"
#include "led_table.h"

#define LINE_SIZE LED_LINE_SIZE
#define LINE_MAX_COUNT 200
#define FILE_MAX_COUNT 200

struct board_file {
    struct wire_display display;
    struct device_content content;
};

static void copy_text(char *dst, size_t size, const char *text)
{
    assert_true(strlen(text) < size);
    memcpy(dst, text, strlen(text) + 1);
}

static void set_call(struct device_content *content, const char *value)
{
    struct board_call *call = &content->calls[content->call_count++];
    char state[32];
    int window = 0;

    assert_int_equal(sscanf(value, "%11s %d %31s", call->number, &window, state), 3);
    call->window = window;
    call->state = ticket_state_parse(state);
    assert_int_not_equal(call->state, TICKET_STATE_COUNT);
}

static void set_key(struct board_file *file, const char *key, const char *value)
{
    struct board_sign *sign = &file->content.sign;

    if (strcmp(key, "address") == 0) {
        file->display.address = (int32_t)strtol(value, NULL, 10);
    } else if (strcmp(key, "window") == 0) {
        file->display.window = sign->window = (int32_t)strtol(value, NULL, 10);
    } else if (strcmp(key, "zone") == 0) {
        copy_text(file->display.zone, sizeof file->display.zone, value);
    } else if (strcmp(key, "rows") == 0) {
        file->display.rows = (int32_t)strtol(value, NULL, 10);
    } else if (strcmp(key, "calls") == 0) {
        sign->calls = (int32_t)strtol(value, NULL, 10);
    } else if (strcmp(key, "since_ms") == 0) {
        sign->since_ms = strtoll(value, NULL, 10);
    } else if (strcmp(key, "state") == 0) {
        sign->state = board_state_parse(value);
        assert_true(sign->state <= BOARD_PAUSED);
    } else if (strcmp(key, "number") == 0) {
        copy_text(sign->number, sizeof sign->number, value);
    } else if (strcmp(key, "text.zh-CN") == 0) {
        copy_text(sign->text_zh, sizeof sign->text_zh, value);
    } else if (strcmp(key, "text.en") == 0) {
        copy_text(sign->text_en, sizeof sign->text_en, value);
    } else if (strcmp(key, "blank") == 0) {
        file->content.blank = strcmp(value, "1") == 0;
    } else if (strcmp(key, "call") == 0) {
        set_call(&file->content, value);
    } else if (strcmp(key, "line") == 0) {
        copy_text(file->content.lines[file->content.line_count++], DEVICE_LINE_SIZE, value);
    } else {
        assert_memory_equal(key, "option.", 7);
        struct wire_option *option = &file->display.options[file->display.option_count++];
        copy_text(option->key, sizeof option->key, key + 7);
        copy_text(option->value, sizeof option->value, value);
    }
}

static void read_board(const char *path, struct board_file *file)
{
    char line[LINE_SIZE];
    FILE *stream = fopen(path, "r");

    memset(file, 0, sizeof *file);
    assert_non_null(stream);
    for (int i = 0; i < LINE_MAX_COUNT && fgets(line, sizeof line, stream) != NULL; i++) {
        char *equals = strchr(line, '=');
        led_table_cut_end(line);
        if (line[0] == '#' || line[0] == '\0') {
            continue;
        }
        assert_non_null(equals);
        *equals = '\0';
        set_key(file, line, equals + 1);
    }
    fclose(stream);
}

/* The file beside `path` with another ending; its length, or -1 when there is none. */
static int read_beside(const char *path, const char *ending, char *text, size_t size)
{
    char name[LINE_SIZE];
    int stem = (int)(strlen(path) - strlen(".board"));

    (void)snprintf(name, sizeof name, "%.*s%s", stem, path, ending);
    FILE *stream = fopen(name, "r");
    if (stream == NULL) {
        return -1;
    }
    size_t length = fread(text, 1, size - 1, stream);
    fclose(stream);
    text[length] = '\0';
    return (int)length;
}

static void check_board(const char *path, const struct device_driver *driver)
{
    struct board_file file;
    char text[4 * LINE_SIZE];
    uint8_t expected[DEVICE_FRAME_MAX];
    uint8_t frame[DEVICE_FRAME_MAX];
    size_t length = 0;

    print_message("%s\n", path);
    read_board(path, &file);
    enum err err = driver->encode(&file.display, &file.content, frame, sizeof frame, &length);
    if (read_beside(path, ".err", text, sizeof text) >= 0) {
        led_table_cut_end(text);
        assert_string_equal(err_slug(err), text);
        return;
    }
    assert_int_equal(err, ERR_NONE);
    int text_length = read_beside(path, ".txt", text, sizeof text);
    if (text_length >= 0) {
        assert_int_equal(length, text_length);
        assert_memory_equal(frame, text, length);
        return;
    }
    assert_true(read_beside(path, ".hex", text, sizeof text) > 0);
    int count = led_table_hex(text, expected, sizeof expected);
    assert_true(count > 0);
    assert_int_equal(length, count);
    assert_memory_equal(frame, expected, length);
}

static int check_folder(const struct device_driver *driver)
{
    char path[LINE_SIZE];
    int checked = 0;

    (void)snprintf(path, sizeof path, "tests/led/%s", driver->name);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        fail_msg("%s is missing: run this from the top of the tree, with frames for each driver",
                 path);
    }
    struct dirent *entry = NULL;
    for (int i = 0; i < FILE_MAX_COUNT && (entry = readdir(folder)) != NULL; i++) {
        const char *ending = strrchr(entry->d_name, '.');
        if (ending != NULL && strcmp(ending, ".board") == 0) {
            (void)snprintf(path, sizeof path, "tests/led/%s/%.200s", driver->name, entry->d_name);
            check_board(path, driver);
            checked++;
        }
    }
    closedir(folder);
    return checked;
}

static void golden_frames_of_every_driver(void **state)
{
    (void)state;
    assert_non_null(device_driver_at(0));
    for (int i = 0; device_driver_at(i) != NULL; i++) {
        assert_true(check_folder(device_driver_at(i)) >= 3);
    }
}

/* ---- the frames of modbus ---- */

#define ROW_MAX 64
static struct led_row vectors[ROW_MAX];
static int vector_count;

static int read_vectors(void **state)
{
    (void)state;
    vector_count = led_table_read("tests/led/modbus/vectors.txt", vectors, ROW_MAX);
    return vector_count > 0 ? 0 : -1;
}

static const char *find_vector(const char *id)
{
    for (int i = 0; i < vector_count; i++) {
        if (strcmp(vectors[i].cells[0], id) == 0) {
            return vectors[i].cells[2];
        }
    }
    fail_msg("no vector %s", id);
    return "";
}

static void modbus_checksum_agrees_with_public_frames(void **state)
{
    int checked = 0;

    (void)state;
    assert_int_equal(led_modbus_crc((const uint8_t *)"123456789", 9), 0x4B37);
    for (int i = 0; i < vector_count; i++) {
        uint8_t bytes[64];
        int length = led_table_hex(vectors[i].cells[2], bytes, sizeof bytes);
        if (strcmp(vectors[i].cells[1], "bad") == 0) {
            continue;
        }
        assert_true(length >= 5);
        uint16_t crc = led_modbus_crc(bytes, (size_t)length - 2);
        assert_int_equal(bytes[length - 2] | bytes[length - 1] << 8, crc);
        checked++;
    }
    assert_true(checked >= 17);
}

static void modbus_judges_replies(void **state)
{
    static const char *const words[] = {"more", "ok", "refused", "retry", "garbage"};
    static struct led_row rows[ROW_MAX];
    int count = led_table_read("tests/led/modbus/judge.txt", rows, ROW_MAX);

    (void)state;
    assert_true(count >= 15);
    for (int i = 0; i < count; i++) {
        uint8_t sent[64];
        uint8_t got[64];
        int sent_length = led_table_hex(find_vector(rows[i].cells[0]), sent, sizeof sent);
        int got_length =
            rows[i].cells[1][0] == '-' ? 0 : led_table_hex(rows[i].cells[1], got, sizeof got);
        enum device_answer answer =
            led_modbus.judge(sent, (size_t)sent_length, got, (size_t)got_length);
        print_message("%s: %s\n", rows[i].cells[0], rows[i].cells[3]);
        assert_string_equal(words[answer], rows[i].cells[2]);
    }
}

/* However TCP splits a reply, it is complete with its last byte and not before. */
static void modbus_reply_may_come_in_pieces(void **state)
{
    uint8_t sent[64];
    uint8_t got[64];
    int sent_length = led_table_hex(find_vector("V-MB-05"), sent, sizeof sent);
    int got_length = led_table_hex(find_vector("V-MB-06"), got, sizeof got);

    (void)state;
    for (int i = 0; i < got_length; i++) {
        assert_int_equal(led_modbus.judge(sent, (size_t)sent_length, got, (size_t)i),
                         DEVICE_ANSWER_MORE);
    }
    assert_int_equal(led_modbus.judge(sent, (size_t)sent_length, got, (size_t)got_length),
                     DEVICE_ANSWER_OK);
}

/* ---- what no file shows ---- */

static void a_text_cannot_leave_its_line(void **state)
{
    struct wire_display display = {.address = 1, .window = 1};
    struct device_content content = {.sign = {.window = 1, .state = BOARD_PAUSED}};
    uint8_t frame[DEVICE_FRAME_MAX + 1] = {0};
    size_t length = 0;

    (void)state;
    copy_text(content.sign.text_zh, BOARD_TEXT_SIZE, "a\n\x1b[2Jb");
    assert_int_equal(led_dump.encode(&display, &content, frame, DEVICE_FRAME_MAX, &length),
                     ERR_NONE);
    assert_string_equal((const char *)frame, "address=1 window=1 state=paused line=a[2Jb\n");
    copy_text(content.sign.text_en, BOARD_TEXT_SIZE, "a\nb");
    assert_int_equal(led_modbus.encode(&display, &content, frame, DEVICE_FRAME_MAX, &length),
                     ERR_UNSHOWABLE);
}

static void a_frame_that_does_not_fit_is_refused(void **state)
{
    struct wire_display display = {.address = 1, .window = 1};
    struct device_content content = {.sign = {.window = 1, .state = BOARD_IDLE}};
    uint8_t frame[16];
    size_t length = 77;

    (void)state;
    assert_int_equal(led_dump.encode(&display, &content, frame, sizeof frame, &length),
                     ERR_TOO_LONG);
    assert_int_equal(led_modbus.encode(&display, &content, frame, sizeof frame, &length),
                     ERR_TOO_LONG);
    assert_int_equal(length, 77);
}

static void every_shape_of_the_glyph_table(void **state)
{
    /* The table of the family, as published: digits, then letters. */
    static const char names[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ";
    static const uint8_t shapes[] = {0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F,
                                     0x77, 0x7C, 0x39, 0x5E, 0x79, 0x71, 0x3D, 0x76, 0x10, 0x0E,
                                     0x7A, 0x38, 0x55, 0x54, 0x5C, 0x73, 0x67, 0x50, 0x64, 0x78,
                                     0x3E, 0x62, 0x6A, 0x36, 0x6E, 0x49, 0x00};
    struct wire_display display = {.address = 1, .window = 1, .option_count = 2};

    (void)state;
    copy_text(display.options[0].key, 32, "mode");
    copy_text(display.options[0].value, 64, "segments");
    copy_text(display.options[1].key, 32, "digits");
    copy_text(display.options[1].value, 64, "2");
    for (size_t i = 0; i < sizeof shapes; i++) {
        struct device_content content = {.sign = {.window = 1, .state = BOARD_CALLING}};
        uint8_t frame[DEVICE_FRAME_MAX];
        size_t length = 0;
        content.sign.number[0] = '1';
        content.sign.number[1] = names[i];
        assert_int_equal(led_modbus.encode(&display, &content, frame, sizeof frame, &length),
                         ERR_NONE);
        assert_int_equal(length, 11);
        assert_int_equal(frame[7], 0x06);
        assert_int_equal(frame[8], shapes[i]);
    }
}

static void a_wrong_display_is_refused_with_a_reason(void **state)
{
    struct wire_display display = {.driver = "modbus", .address = 3, .window = 1};
    const char *reason = "";

    (void)state;
    assert_int_equal(device_check_display(&display, &reason), ERR_NONE);
    display.address = 248;
    assert_int_equal(device_check_display(&display, &reason), ERR_INVALID_OPTION);
    assert_non_null(strstr(reason, "address"));
    display.address = 3;
    display.option_count = 1;
    copy_text(display.options[0].key, 32, "digit");
    assert_int_equal(device_check_display(&display, &reason), ERR_INVALID_OPTION);
    assert_non_null(strstr(reason, "option"));
    copy_text(display.options[0].key, 32, "digits");
    copy_text(display.options[0].value, 64, "0");
    assert_int_equal(device_check_display(&display, &reason), ERR_INVALID_OPTION);
    assert_non_null(strstr(reason, "value"));
    copy_text(display.driver, HALL_CODE_SIZE, "neon");
    assert_int_equal(device_check_display(&display, &reason), ERR_INVALID_OPTION);
    assert_non_null(strstr(reason, "driver"));
    assert_null(device_find_driver("neon"));
}

static void a_link_is_taken_apart(void **state)
{
    const struct device_link *link = NULL;
    const char *target = NULL;
    struct link_text text;

    (void)state;
    assert_int_equal(device_find_link("tcp:10.0.0.9:502?echo=1", &link, &target), ERR_NONE);
    assert_string_equal(link->scheme, "tcp");
    assert_string_equal(target, "10.0.0.9:502?echo=1");
    assert_int_equal(link_text_parse(&text, target, "echo"), ERR_NONE);
    assert_string_equal(text.name, "10.0.0.9:502");
    assert_string_equal(link_text_get(&text, "echo", "0"), "1");
    assert_int_equal(device_find_link("serial/dev/ttyS0", &link, &target), ERR_INVALID_OPTION);
    assert_int_equal(device_find_link("lpt:1", &link, &target), ERR_INVALID_OPTION);
    assert_int_equal(device_find_link("usb:/dev/usb/lp0", &link, &target), ERR_NONE);
    assert_string_equal(link->scheme, "usb");
    assert_int_equal(link_text_parse(&text, "x?baud=9600", "echo"), ERR_INVALID_OPTION);
    assert_int_equal(link_text_parse(&text, "x?echo", "echo"), ERR_INVALID_OPTION);
    assert_int_equal(link_text_parse(&text, "x?echo=", "echo"), ERR_INVALID_OPTION);
    assert_int_equal(link_text_parse(&text, "?echo=1", "echo"), ERR_INVALID_OPTION);
    assert_int_equal(link_text_parse(&text, "x?echo=1&", "echo"), ERR_INVALID_OPTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_frames_of_every_driver),
        cmocka_unit_test(modbus_checksum_agrees_with_public_frames),
        cmocka_unit_test(modbus_judges_replies),
        cmocka_unit_test(modbus_reply_may_come_in_pieces),
        cmocka_unit_test(a_text_cannot_leave_its_line),
        cmocka_unit_test(a_frame_that_does_not_fit_is_refused),
        cmocka_unit_test(every_shape_of_the_glyph_table),
        cmocka_unit_test(a_wrong_display_is_refused_with_a_reason),
        cmocka_unit_test(a_link_is_taken_apart),
    };
    return cmocka_run_group_tests(tests, read_vectors, NULL);
}

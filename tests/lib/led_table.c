/* led_table: see led_table.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "led_table.h"

int led_table_hex(const char *text, uint8_t *bytes, size_t size)
{
    size_t count = 0;
    unsigned value = 0;
    int used = 0;

    while (count < size && sscanf(text, " %2x%n", &value, &used) == 1) {
        bytes[count++] = (uint8_t)value;
        text += used;
    }
    return (int)count;
}

void led_table_cut_end(char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
}

static void split_row(struct led_row *row)
{
    char *at = row->text;

    led_table_cut_end(row->text);
    memset(row->cells, 0, sizeof row->cells);
    for (int i = 0; i < LED_CELL_MAX && at != NULL; i++) {
        char *bar = strstr(at, " | ");
        row->cells[i] = at;
        if (bar != NULL) {
            *bar = '\0';
            bar += 3;
        }
        at = bar;
    }
}

int led_table_read(const char *path, struct led_row *rows, int max)
{
    int count = 0;
    FILE *stream = fopen(path, "r");

    assert_non_null(stream);
    while (count < max && fgets(rows[count].text, LED_LINE_SIZE, stream) != NULL) {
        if (rows[count].text[0] != '#') {
            split_row(&rows[count]);
            count++;
        }
    }
    assert_true(count < max || fgetc(stream) == EOF);
    fclose(stream);
    return count;
}

/* led_table: the text files of tests/led: bytes as hex, and tables with cells between bars. */
#ifndef LED_TABLE_H
#define LED_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define LED_LINE_SIZE 768
#define LED_CELL_MAX 5

/* "A | B | C" taken apart; cells point into `text`, missing ones are NULL. */
struct led_row {
    char text[LED_LINE_SIZE];
    char *cells[LED_CELL_MAX];
};

/* Reads pairs of hex digits up to anything else; the number of bytes. */
int led_table_hex(const char *text, uint8_t *bytes, size_t size);
/* Cuts the line's end off. */
void led_table_cut_end(char *line);
/* All lines but those that begin with #; fails the test when there is no such file or it has more
 * than `max`. */
int led_table_read(const char *path, struct led_row *rows, int max);

#endif

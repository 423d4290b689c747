/* web_files: the pages and the demo hall as part of the program; the table is made at build by
 * web/embed.awk. */
#ifndef WEB_FILES_H
#define WEB_FILES_H

struct web_file {
    const char *path;           /* "kiosk/index.html"; src/demo/hall.json keeps its full path */
    const unsigned char *begin; /* a zero byte follows the last one */
    const unsigned char *end;
};

/* Ends with a row whose path is NULL. */
extern const struct web_file web_files[];

#endif

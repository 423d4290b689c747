/* wire_lobby: what the files of the lobby's view share. */
#ifndef WIRE_LOBBY_H
#define WIRE_LOBBY_H

#include "wire_internal.h"

/* Everything a view of the lobby looks at more than once. */
struct lobby {
    const struct wire_view *view;
    const struct hall *hall;
    struct core_service_info services[HALL_SERVICE_MAX];
    struct core_window_info windows[HALL_WINDOW_MAX];
};

/* Seconds since then; -1 when it never was. */
int64_t lobby_age_s(const struct lobby *lobby, int64_t since_ms);
/* Does its oldest wait exceed its target? */
bool lobby_is_red(const struct lobby *lobby, int service);

/* A window that could take people of a service, and what is to be done for it. */
enum lobby_help_kind {
    LOBBY_HELP_RESUME, /* it serves this and is paused */
    LOBBY_HELP_OPEN,   /* it serves this and is closed */
    LOBBY_HELP_ADD     /* it is free with nobody to call: let it take the service on */
};
struct lobby_help {
    enum lobby_help_kind kind;
    int window; /* position in the hall */
};
/* "resume-window", "open-window", "add-service" */
const char *lobby_help_text(enum lobby_help_kind kind);
/* The one that costs least: somebody free before somebody to be fetched. False when nobody is. */
bool lobby_find_help(const struct lobby *lobby, int service, struct lobby_help *ret_help);
/* Is that service, as first choice or as help, among what the window serves? */
bool lobby_window_has(const struct lobby *lobby, int window, int service);

/* Member "alerts" (wire_view_alerts.c). */
void lobby_put_alerts(struct buf *buf, const struct lobby *lobby);

#endif

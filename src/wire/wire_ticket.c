/* wire_ticket: tickets as answers: for staff, for the kiosk that just issued one, and for the
 * visitor.
 *
 * A ticket shows where its last leg stands: service, window, clerk, calls and times are that leg's,
 * so that timers on a clerk's screen are right after a transfer. `called_at` is the first call of
 * the leg. While it waits it has no window, even if one had it before and gave it back; the leg
 * itself still tells that one. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "digest.h"
#include "wire_internal.h"

void wire_put_count(struct buf *buf, const char *key, int64_t value)
{
    if (value < 0) {
        wire_put_null(buf, key);
    } else {
        wire_put_int(buf, key, value);
    }
}

void wire_put_window_no(struct buf *buf, const char *key, int32_t no)
{
    wire_put_count(buf, key, no == 0 ? -1 : no);
}

/* The quantiles as they are, and beside them what is said. */
void wire_put_eta(struct buf *buf, const char *key, const struct eta *eta)
{
    if (eta->p50_ms < 0) {
        wire_put_null(buf, key);
        return;
    }
    struct eta_said said;
    eta_say(eta, &said);
    wire_open_object(buf, key);
    wire_put_int(buf, "p50_s", (eta->p50_ms + 999) / 1000);
    wire_put_int(buf, "p90_s", (eta->p90_ms + 999) / 1000);
    wire_put_int(buf, "low_s", said.low_min * 60);
    wire_put_int(buf, "about_s", said.about_min * 60);
    wire_put_int(buf, "high_s", said.high_min * 60);
    wire_close_object(buf);
}

void wire_put_public_url(struct buf *buf, const char *key, const uint8_t *token)
{
    char hex[TICKET_TOKEN_TEXT];
    char url[TICKET_TOKEN_TEXT + 4];
    digest_hex(token, TICKET_TOKEN_SIZE, hex);
    (void)snprintf(url, sizeof url, "/t/%s", hex);
    wire_put_text(buf, key, url);
}

struct hall_text wire_service_names(const struct hall *hall, const char *code)
{
    for (int i = 0; i < hall->service_count; i++) {
        if (strcmp(hall->services[i].code, code) == 0) {
            return hall->services[i].name;
        }
    }
    struct hall_text names;
    text_copy_cut(names.zh, sizeof names.zh, code);
    text_copy_cut(names.en, sizeof names.en, code);
    return names;
}

static void put_leg(struct buf *buf, const struct ticket_leg *leg)
{
    wire_open_object(buf, NULL);
    wire_put_int(buf, "no", leg->no);
    wire_put_text(buf, "service", leg->service);
    wire_put_text(buf, "state", ticket_state_text(leg->state));
    wire_put_window_no(buf, "window", leg->window);
    wire_put_text_or_null(buf, "clerk", leg->clerk);
    wire_put_window_no(buf, "target_window", leg->target_window);
    wire_put_time(buf, "entered_at", leg->entered_ms);
    wire_put_time(buf, "called_at", leg->called_ms);
    wire_put_time(buf, "started_at", leg->started_ms);
    wire_put_time(buf, "ended_at", leg->ended_ms);
    wire_put_time(buf, "held_until", leg->held_until_ms);
    wire_put_text_or_null(buf, "outcome_code", leg->outcome);
    wire_put_int(buf, "calls", leg->calls);
    wire_put_int(buf, "no_shows", leg->no_shows);
    wire_put_int(buf, "overtakes", leg->overtakes);
    wire_put_count(buf, "rating", leg->rating == 0 ? -1 : leg->rating);
    wire_put_bool(buf, "rating_lapsed", (leg->rating_facts & TICKET_RATING_LAPSED) != 0);
    wire_put_text_or_null(buf, "rating_exempt",
                          (leg->rating_facts & TICKET_EXEMPT_FAST) != 0     ? "fast"
                          : (leg->rating_facts & TICKET_EXEMPT_DEVICE) != 0 ? "device"
                                                                            : "");
    wire_put_bool(buf, "asked_by_machine", (leg->rating_facts & TICKET_ASKED_MACHINE) != 0);
    wire_put_bool(buf, "asked_by_clerk", (leg->rating_facts & TICKET_ASKED_CLERK) != 0);
    wire_close_object(buf);
}

static const struct ticket_leg *last_leg(const struct ticket *ticket)
{
    return &ticket->legs[ticket->leg_count - 1];
}

static void put_ticket_place(struct buf *buf, const struct ticket *ticket)
{
    const struct ticket_leg *leg = last_leg(ticket);
    wire_put_text(buf, "id", ticket->id);
    wire_put_text(buf, "number", ticket->number);
    wire_put_day(buf, "day", ticket->day);
    wire_put_text(buf, "state", ticket_state_text(ticket->state));
    wire_put_text(buf, "service", leg->service);
    wire_put_text(buf, "class", ticket->cls);
    wire_put_text_or_null(buf, "lang", ticket->lang);
    bool waits = ticket->state == TICKET_WAITING || ticket->state == TICKET_BOOKED;
    wire_put_window_no(buf, "window", waits ? 0 : leg->window);
    wire_put_text_or_null(buf, "clerk", waits ? "" : leg->clerk);
    wire_put_int(buf, "calls", leg->calls);
    wire_put_count(buf, "ahead", ticket->ahead);
    wire_put_eta(buf, "eta", &ticket->eta);
}

static void put_ticket_record(struct buf *buf, const struct ticket *ticket)
{
    const struct ticket_leg *leg = last_leg(ticket);
    wire_put_text_or_null(buf, "channel", ticket->channel);
    wire_put_time(buf, "issued_at", ticket->issued_ms);
    wire_put_time(buf, "called_at", leg->called_ms);
    wire_put_time(buf, "started_at", leg->started_ms);
    wire_put_time(buf, "ended_at", leg->ended_ms);
    wire_put_text(buf, "print_state", ticket_print_text(ticket->print));
    wire_put_public_url(buf, "public_url", ticket->token);
    wire_put_text_or_null(buf, "note", ticket->note);
    wire_put_int(buf, "version", ticket->version);
    wire_put_text_or_null(buf, "external_ref", ticket->external_ref);
    wire_put_bool(buf, "urgent", ticket->urgent);
    wire_put_bool(buf, "time_inaccurate", ticket->time_inaccurate);
    wire_put_int(buf, "copies", ticket->copies);
    wire_open_array(buf, "legs");
    for (int i = 0; i < ticket->leg_count && i < TICKET_LEG_MAX; i++) {
        put_leg(buf, &ticket->legs[i]);
    }
    wire_close_array(buf);
}

void wire_ticket_print(struct buf *buf, const struct ticket *ticket,
                       const struct wire_config *config)
{
    (void)config;
    wire_open_object(buf, NULL);
    put_ticket_place(buf, ticket);
    put_ticket_record(buf, ticket);
    wire_close_object(buf);
}

void wire_issue_print(struct buf *buf, const struct ticket *ticket,
                      const struct wire_config *config)
{
    wire_open_object(buf, NULL);
    put_ticket_place(buf, ticket);
    put_ticket_record(buf, ticket);
    wire_put_slip(buf, ticket, config);
    wire_close_object(buf);
}

static void put_public(struct buf *buf, const struct ticket *ticket, const struct hall *hall)
{
    const struct ticket_leg *leg = last_leg(ticket);
    bool at_window = ticket->state == TICKET_CALLED || ticket->state == TICKET_SERVING;
    struct hall_text service = wire_service_names(hall, leg->service);
    wire_put_text(buf, "number", ticket->number);
    wire_put_text(buf, "service", leg->service);
    wire_put_names(buf, "service_name", &service);
    wire_put_text(buf, "state", ticket_state_text(ticket->state));
    wire_put_count(buf, "ahead", ticket->ahead);
    wire_put_eta(buf, "eta", &ticket->eta);
    wire_put_window_no(buf, "window", at_window ? leg->window : leg->target_window);
    wire_put_int(buf, "calls", leg->calls);
    wire_put_day(buf, "day", ticket->day);
    wire_put_time(buf, "issued_at", ticket->issued_ms);
    wire_open_object(buf, "hall");
    wire_put_text(buf, "code", hall->code);
    wire_put_names(buf, "name", &hall->name);
    wire_close_object(buf);
    wire_put_text(buf, "print_state", ticket_print_text(ticket->print));
    wire_put_int(buf, "version", ticket->version);
}

void wire_public_ticket_print(struct buf *buf, const struct ticket *ticket, bool rating_open,
                              const struct wire_config *config)
{
    wire_open_object(buf, NULL);
    put_public(buf, ticket, wire_config_hall(config));
    wire_put_bool(buf, "card", wire_config_has_card(config, ticket->legs[0].service));
    wire_put_bool(buf, "rating_open", rating_open);
    if (rating_open) {
        wire_open_object(buf, "rating");
        wire_put_rating_offer(buf, wire_config_hall(config));
        wire_close_object(buf);
    } else {
        wire_put_null(buf, "rating");
    }
    wire_close_object(buf);
}

void wire_inquiry_print(struct buf *buf, const struct ticket *ticket,
                        const struct wire_config *config)
{
    wire_open_object(buf, NULL);
    wire_put_text(buf, "id", ticket->id);
    put_public(buf, ticket, wire_config_hall(config));
    wire_close_object(buf);
}

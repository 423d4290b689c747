/* wire_trace: a simulator's case in JSON, and what happened in it. The form is that of the call
 * traces the chooser is checked against: see tests/trace/README.md. Any thread. */
#ifndef WIRE_TRACE_H
#define WIRE_TRACE_H

#include "buf.h"
#include "sim.h"
#include "wire.h"

/* Fills `play`, which is the caller's to sim_case_fini(), also after an error. ERR_MALFORMED_BODY,
 * ERR_INVALID_BODY, ERR_NO_MEMORY. */
MUST_USE enum err wire_trace_read(const char *text, size_t length, struct sim_case *play,
                                  struct wire_problem *problem);
/* One item each of the lists of the answer, then the answer from the three lists. */
void wire_trace_call(struct buf *buf, int64_t at_ms, int32_t window,
                     const struct sim_ticket *ticket, const struct event_why *why,
                     const struct sim_ticket *const *overtaken);
void wire_trace_note(struct buf *buf, int64_t at_ms, const char *what,
                     const struct sim_ticket *ticket);
void wire_trace_final(struct buf *buf, const struct sim_ticket *ticket, enum ticket_state state,
                      int32_t overtakes, int32_t urgent_overtakes);
void wire_trace_print(struct buf *buf, struct buf *calls, struct buf *notes, struct buf *finals);

#endif

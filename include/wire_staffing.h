/* wire_staffing: what `hallcall simulate --staff` is asked and answers, as JSON. README,
 * "Staffing", tells the members. Any thread. */
#ifndef WIRE_STAFFING_H
#define WIRE_STAFFING_H

#include "buf.h"
#include "staffing.h"
#include "wire.h"

struct wire_staffing {
    double target_share;
    int32_t days;
    int32_t from_slot, to_slot; /* -1: not said */
    bool has_plan;
    struct staffing_plan plan;
};

/* `hall`: its windows are replaced when the request has some, its targets when it has one.
 * ERR_MALFORMED_BODY, ERR_INVALID_BODY with findings in `problem`; both outputs are of no use then.
 */
MUST_USE enum err wire_staffing_read(const char *text, size_t length, struct hall *hall,
                                     struct wire_staffing *ret_request,
                                     struct wire_problem *problem);
void wire_staffing_print(struct buf *buf, const struct staffing_input *input,
                         const struct staffing_plan *plan, const struct staffing_result *result);

#endif

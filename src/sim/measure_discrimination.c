/* measure_discrimination: RAQFM by a sweep over the moments at which somebody comes, goes to a
 * window or leaves. Between two of them the share that everybody is due is constant, so one running
 * integral serves all: a leg's due is its value at the end less that at the beginning. */
#include "measure.h"

#include <stdlib.h>

enum mark_kind { MARK_ENTERS, MARK_SERVED, MARK_ENDS };

struct mark {
    int64_t at_ms;
    size_t leg;
    enum mark_kind kind;
};

/* The order within one moment changes nothing but must be the same everywhere: qsort is not. */
static int compare_marks(const void *a, const void *b)
{
    const struct mark *x = a;
    const struct mark *y = b;
    if (x->at_ms != y->at_ms) {
        return x->at_ms < y->at_ms ? -1 : 1;
    }
    if (x->leg != y->leg) {
        return x->leg < y->leg ? -1 : 1;
    }
    return (int)x->kind - (int)y->kind;
}

static size_t make_marks(const struct measure_leg *legs, size_t count, struct mark *marks)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (legs[i].end_ms == MEASURE_UNKNOWN) {
            continue;
        }
        marks[n++] = (struct mark){.at_ms = legs[i].entered_ms, .leg = i, .kind = MARK_ENTERS};
        if (legs[i].served_ms != MEASURE_UNKNOWN) {
            marks[n++] = (struct mark){.at_ms = legs[i].served_ms, .leg = i, .kind = MARK_SERVED};
        }
        marks[n++] = (struct mark){.at_ms = legs[i].end_ms, .leg = i, .kind = MARK_ENDS};
    }
    qsort(marks, n, sizeof *marks, compare_marks);
    return n;
}

/* `due`: of each leg the integral when it entered, then what it was due. */
static void sweep(const struct measure_leg *legs, const struct mark *marks, size_t count,
                  double *due)
{
    int64_t in_hall = 0;
    int64_t busy = 0;
    int64_t at_ms = count > 0 ? marks[0].at_ms : 0;
    double integral = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mark *mark = &marks[i];
        if (in_hall > 0) {
            integral += (double)(mark->at_ms - at_ms) * (double)busy / (double)in_hall;
        }
        at_ms = mark->at_ms;
        switch (mark->kind) {
        case MARK_ENTERS:
            in_hall += 1;
            due[mark->leg] = integral;
            break;
        case MARK_SERVED:
            busy += 1;
            break;
        case MARK_ENDS:
        default:
            in_hall -= 1;
            busy -= legs[mark->leg].served_ms != MEASURE_UNKNOWN ? 1 : 0;
            due[mark->leg] = integral - due[mark->leg];
            break;
        }
    }
}

enum err measure_discrimination(const struct measure_leg *legs, size_t count, double *ret_ms)
{
    struct mark *marks = calloc(3 * count + 1, sizeof *marks);
    if (marks == NULL) {
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        ret_ms[i] = 0;
    }
    size_t mark_count = make_marks(legs, count, marks);
    sweep(legs, marks, mark_count, ret_ms);
    for (size_t i = 0; i < count; i++) {
        bool served = legs[i].end_ms != MEASURE_UNKNOWN && legs[i].served_ms != MEASURE_UNKNOWN;
        ret_ms[i] = (served ? (double)(legs[i].end_ms - legs[i].served_ms) : 0) - ret_ms[i];
    }
    free(marks);
    return ERR_NONE;
}

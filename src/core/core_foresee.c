/* core_foresee: what the newest forecast said, kept beside the state for whoever reads it; see
 * core.h.
 *
 * Of a visit the point in time of its call is kept, so that what is said counts down with the
 * clock. Of a newcomer the wait is kept, with how many stood in front then: who comes between two
 * forecasts is told the difference that more or fewer in front make by the rule of thumb. */
#include "core_internal.h"

/* A forecast comes at least every half minute; after this it is not believed any more. */
#define KEPT_MS 120000

void core_foresee(struct core *core, int64_t at_ms, int32_t level_pm)
{
    core->foreseen_ms = at_ms;
    core->foreseen_pm = level_pm;
}

static bool is_kept(const struct core *core, int64_t at_ms)
{
    return core->foreseen_ms != 0 && at_ms - core->foreseen_ms <= KEPT_MS;
}

void core_foresee_ticket(struct core *core, int32_t slot, const struct eta *eta)
{
    if (core->legs[core->visits[slot].last_leg].state != TICKET_WAITING) {
        return;
    }
    struct eta *kept = &core->foreseen[slot];
    struct eta said = eta_shift(kept, -core->foreseen_ms);
    if (eta->p50_ms < 0) {
        *kept = (struct eta){0};
    } else if (kept->p50_ms == 0 || eta_is_news(&said, eta)) {
        *kept = eta_shift(eta, core->foreseen_ms);
    }
}

/* What the newcomer's wait became with so many in front now. */
static struct eta adapt(const struct core *core, int16_t service,
                        const struct core_newcomer *newcomer, int32_t ahead)
{
    if (ahead == newcomer->ahead) {
        return newcomer->eta;
    }
    struct eta then = estimate_wait(core, service, newcomer->ahead);
    struct eta now = estimate_wait(core, service, ahead);
    return then.p50_ms < 0 ? newcomer->eta : eta_shift(&newcomer->eta, now.p50_ms - then.p50_ms);
}

bool core_foresee_newcomer(struct core *core, int service, int cls, const struct eta *eta)
{
    struct core_newcomer *newcomer = &core->newcomers[service][cls];
    int32_t ahead = pick_ahead_newcomer(core, (int16_t)service, (int16_t)cls, core->foreseen_ms);
    struct eta said = ETA_UNKNOWN;
    if (newcomer->at_ms != 0 && is_kept(core, newcomer->at_ms)) {
        said = adapt(core, (int16_t)service, newcomer, ahead);
    }
    bool news = eta_is_news(&said, eta);
    newcomer->eta = news ? *eta : said;
    newcomer->ahead = ahead;
    newcomer->at_ms = core->foreseen_ms;
    return news;
}

void core_ticket_told(const struct core *core, int32_t slot, struct core_told *ret_told)
{
    const struct core_visit *visit = &core->visits[slot];
    const struct core_leg *leg = &core->legs[visit->first_leg];
    *ret_told = (struct core_told){.low_s = leg->told_low_s,
                                   .high_s = leg->told_high_s,
                                   .pm = leg->told_pm,
                                   .issued_ms = visit->issued_ms,
                                   .called_ms = leg->called_ms};
}

struct eta foresee_visit(const struct core *core, int32_t visit, int32_t ahead, int64_t at_ms)
{
    const struct core_leg *leg = &core->legs[core->visits[visit].last_leg];
    const struct eta *kept = &core->foreseen[visit];
    if (is_kept(core, at_ms) && kept->p50_ms != 0) {
        return eta_shift(kept, -at_ms);
    }
    return estimate_wait(core, leg->service, ahead);
}

static bool is_foreseen(const struct core *core, const struct core_newcomer *newcomer,
                        int64_t at_ms)
{
    return is_kept(core, at_ms) && newcomer->at_ms == core->foreseen_ms &&
           newcomer->eta.p50_ms >= 0;
}

struct eta foresee_promise(const struct core *core, int16_t service, int16_t cls, int64_t at_ms,
                           int32_t *ret_pm)
{
    const struct core_newcomer *newcomer = &core->newcomers[service][cls];
    if (!is_foreseen(core, newcomer, at_ms)) {
        *ret_pm = 0;
        return ETA_UNKNOWN;
    }
    *ret_pm = core->foreseen_pm;
    return adapt(core, service, newcomer, pick_ahead_newcomer(core, service, cls, at_ms));
}

struct eta foresee_newcomer(const struct core *core, int16_t service, int16_t cls, int64_t at_ms)
{
    int32_t pm;
    struct eta eta = foresee_promise(core, service, cls, at_ms, &pm);
    return pm > 0 ? eta
                  : estimate_wait(core, service, pick_ahead_newcomer(core, service, cls, at_ms));
}

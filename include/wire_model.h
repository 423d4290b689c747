/* wire_model: the simulator's model as JSON, and its measures. README, "Simulation", tells the
 * members. Any thread. */
#ifndef WIRE_MODEL_H
#define WIRE_MODEL_H

#include "buf.h"
#include "sim_model.h"
#include "wire.h"

/* ERR_MALFORMED_BODY, ERR_INVALID_BODY with findings in `problem`, ERR_NO_MEMORY. */
MUST_USE enum err wire_model_read(const char *text, size_t length, struct sim_model *ret_model,
                                  struct wire_problem *problem);
/* {"queues":[...],"windows":[{"no","utilisation"}]} */
void wire_model_print(struct buf *buf, const struct sim_model *model,
                      const struct sim_model_result *result);

#endif

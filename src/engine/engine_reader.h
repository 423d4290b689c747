/* engine_reader: questions whose answers stand in files of their own. They run on the reader's
 * thread, with its connection. */
#ifndef ENGINE_READER_H
#define ENGINE_READER_H

#include "reader.h"

/* reader_config.c */
MUST_USE enum err reader_list_versions(struct store *store, struct reader_job *job);
MUST_USE enum err reader_get_card(struct store *store, struct reader_job *job);
MUST_USE enum err reader_get_version(struct store *store, struct reader_job *job);
MUST_USE enum err reader_read_document(struct reader_job *job);
MUST_USE enum err reader_restore(struct store *store, struct reader_job *job);
MUST_USE enum err reader_edit(const struct wire_config *config, struct reader_job *job);
MUST_USE enum err reader_try_bounds(struct reader_job *job);

/* reader_voice.c; `speech` NULL: this program has none */
MUST_USE enum err reader_check_pack(struct speech *speech, const struct hall *hall,
                                    struct reader_job *job);

/* reader_user.c */
/* A person without secrets; any thread. */
void reader_print_user(struct buf *buf, const struct store_user *user);
MUST_USE enum err reader_list_users(struct store *store, struct reader_job *job);

#endif

-- Every statement of the program. `name` is a statement that is prepared when the database is opened and kept;
-- `script` is text that is run by name, mostly before the tables exist. Values are bound, never pasted.

-- ---- opening ----

-- script: application_id
PRAGMA application_id;

-- script: user_version
PRAGMA user_version;

-- script: table_count
SELECT count(*) FROM sqlite_schema;

-- script: journal_mode
PRAGMA journal_mode = WAL;

-- script: writer_settings
-- The log limit gives the space of a great transaction back. The cache holds the pages that a batch touches.
PRAGMA synchronous = FULL;
PRAGMA journal_size_limit = 16777216;
PRAGMA cache_size = -4000;
PRAGMA temp_store = MEMORY;
PRAGMA mmap_size = 0;
PRAGMA cell_size_check = ON;

-- script: synchronous
PRAGMA synchronous;

-- script: reader_settings
PRAGMA temp_store = MEMORY;
PRAGMA mmap_size = 0;
PRAGMA cell_size_check = ON;

-- script: quick_check
PRAGMA quick_check(1);

-- script: integrity_check
PRAGMA integrity_check(1);

-- script: begin_write
BEGIN IMMEDIATE;

-- script: commit
COMMIT;

-- script: rollback
ROLLBACK;

-- script: vacuum_into
VACUUM INTO ?1;

-- ---- transactions ----

-- name: begin_write
BEGIN IMMEDIATE;

-- name: begin_read
BEGIN;

-- name: commit
COMMIT;

-- name: rollback
ROLLBACK;

-- name: claim_conflict
-- A window with two tickets at once, which must never be.
SELECT window FROM leg INDEXED BY leg_at_window WHERE state IN (2, 3) AND window > 0
GROUP BY window HAVING count(*) > 1 LIMIT 1;

-- ---- event log ----

-- name: event_insert
INSERT INTO event (seq, epoch, at_ms, wall_ms, day, kind, ticket_id, visit, leg, window, actor, device,
                   request_id, data, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15);

-- name: event_each
SELECT seq, epoch, at_ms, wall_ms, day, kind, ticket_id, visit, leg, window, actor, device, request_id, data,
       hash
FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2;

-- name: event_each_of_ticket
SELECT seq, epoch, at_ms, wall_ms, day, kind, ticket_id, visit, leg, window, actor, device, request_id, data,
       hash
FROM event INDEXED BY event_ticket WHERE ticket_id = ?1 ORDER BY seq LIMIT ?2;

-- name: event_each_passing
-- The calls between ?1 and ?2 that name ?3 (quoted) behind ?4, the key of the overtaken. Walks over the rows
-- between, so the caller gives the time that one ticket waited, and looks into those of calls alone.
SELECT seq, epoch, at_ms, wall_ms, day, kind, ticket_id, visit, leg, window, actor, device, request_id, data,
       hash
FROM event
WHERE seq > ?1 AND seq < ?2 AND kind = 'ticket.called'
  AND instr(data, ?4) > 0 AND instr(substr(data, instr(data, ?4)), ?3) > 0
ORDER BY seq DESC LIMIT ?5;

-- name: event_last
SELECT seq, at_ms, epoch, hash FROM event ORDER BY seq DESC LIMIT 1;

-- name: event_day_start
-- Days never decrease along the log, so the greatest is the newest. A day that was closed and opened again has
-- several openings; it replays from the first.
SELECT min(seq) FROM event INDEXED BY event_day_opened
WHERE kind = 'hall.day_opened'
  AND day = (SELECT max(day) FROM event INDEXED BY event_day_opened WHERE kind = 'hall.day_opened');

-- name: event_day_span
-- The first openings of a day and of the next one that was opened; NULL without.
SELECT (SELECT min(seq) FROM event INDEXED BY event_day_opened WHERE kind = 'hall.day_opened' AND day = ?1),
       (SELECT min(seq) FROM event INDEXED BY event_day_opened WHERE kind = 'hall.day_opened' AND day > ?1);

-- ---- derived rows ----

-- name: visit_put
-- Id, day, number and token are for ever, so an update leaves their index alone; another value changes no row.
INSERT INTO visit (visit, id, day, number, token, state, service, window, class, lang, channel, external_ref,
                   note, issued_ms, print, copies, urgent, time_inaccurate, version, legs)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
ON CONFLICT (visit) DO UPDATE SET
    state = excluded.state, service = excluded.service, window = excluded.window,
    class = excluded.class, lang = excluded.lang, channel = excluded.channel,
    external_ref = excluded.external_ref, note = excluded.note, issued_ms = excluded.issued_ms,
    print = excluded.print, copies = excluded.copies, urgent = excluded.urgent,
    time_inaccurate = excluded.time_inaccurate, version = excluded.version, legs = excluded.legs
WHERE id = excluded.id AND day = excluded.day AND number IS excluded.number AND token IS excluded.token;

-- name: leg_put
INSERT INTO leg (leg, service, state, window, target_window, clerk, outcome, entered_ms, called_ms,
                 last_called_ms, started_ms, ended_ms, held_until_ms, held_total_ms, no_show_total_ms, calls,
                 no_shows, overtakes, rating, told_low_s, told_s, told_high_s, told_pm, rating_facts)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
        ?24)
ON CONFLICT (leg) DO UPDATE SET
    service = excluded.service, state = excluded.state, window = excluded.window,
    target_window = excluded.target_window, clerk = excluded.clerk, outcome = excluded.outcome,
    entered_ms = excluded.entered_ms, called_ms = excluded.called_ms,
    last_called_ms = excluded.last_called_ms, started_ms = excluded.started_ms, ended_ms = excluded.ended_ms,
    held_until_ms = excluded.held_until_ms, held_total_ms = excluded.held_total_ms,
    no_show_total_ms = excluded.no_show_total_ms, calls = excluded.calls, no_shows = excluded.no_shows,
    overtakes = excluded.overtakes, rating = excluded.rating, told_low_s = excluded.told_low_s,
    told_s = excluded.told_s, told_high_s = excluded.told_high_s, told_pm = excluded.told_pm,
    rating_facts = excluded.rating_facts;

-- name: leg_delete
-- An undone transfer leaves fewer legs than there were.
DELETE FROM leg WHERE leg BETWEEN ?1 AND ?2;

-- name: visit_get
SELECT visit, id, day, number, token, state, class, lang, channel, external_ref, note, issued_ms, print,
       copies, urgent, time_inaccurate, version, legs
FROM visit WHERE visit = ?1 AND id = ?2;

-- name: visit_each
-- ?1, ?2: keys from and below; ?3: bit for each state; the rest as in struct store_ticket_filter.
SELECT visit, id, day, number, token, state, class, lang, channel, external_ref, note, issued_ms, print,
       copies, urgent, time_inaccurate, version, legs
FROM visit
WHERE visit >= ?1 AND visit < ?2
  AND (?3 = 0 OR ((1 << state) & ?3) <> 0)
  AND (?4 = '' OR service = ?4)
  AND (?5 = 0 OR window = ?5)
  AND (?6 = '' OR number = ?6)
ORDER BY visit LIMIT ?7;

-- name: leg_each
SELECT leg, service, state, window, target_window, clerk, outcome, entered_ms, called_ms, last_called_ms,
       started_ms, ended_ms, held_until_ms, held_total_ms, no_show_total_ms, calls, no_shows, overtakes, rating,
       told_low_s, told_s, told_high_s, told_pm, rating_facts
FROM leg WHERE leg BETWEEN ?1 AND ?2 ORDER BY leg;

-- name: day_before
-- The newest day before that one which has visits.
SELECT day FROM visit WHERE visit < ?1 ORDER BY visit DESC LIMIT 1;

-- name: past_each
-- The legs of some days, with what their visits know.
SELECT leg.leg, leg.service, leg.state, leg.outcome, leg.entered_ms, leg.called_ms, leg.ended_ms, leg.held_total_ms,
       leg.no_shows, leg.told_low_s, leg.told_s, leg.told_high_s, leg.told_pm, visit.day, visit.class,
       visit.issued_ms, visit.time_inaccurate
FROM leg JOIN visit ON visit.visit = leg.leg / 16
WHERE leg.leg >= ?1 AND leg.leg < ?2
ORDER BY leg.leg;

-- name: told_each
-- The newest promises that were kept or not: only first legs were told anything.
SELECT leg.leg, leg.service, leg.state, leg.outcome, leg.entered_ms, leg.called_ms, leg.ended_ms, leg.held_total_ms,
       leg.no_shows, leg.told_low_s, leg.told_s, leg.told_high_s, leg.told_pm, visit.day, visit.class,
       visit.issued_ms, visit.time_inaccurate
FROM leg JOIN visit ON visit.visit = leg.leg / 16
WHERE leg.told_pm > 0 AND leg.called_ms > 0
ORDER BY leg.leg DESC LIMIT ?1;

-- name: visit_delete_all
DELETE FROM visit;

-- name: leg_delete_all
DELETE FROM leg;

-- name: visit_count
SELECT count(*) FROM visit;

-- ---- idempotency keys ----

-- name: answer_get
SELECT body_hash, status, location, body FROM answer WHERE answer = ?1 AND name = ?2;

-- name: answer_insert
INSERT INTO answer (answer, name, at_ms, body_hash, status, location, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: answer_purge
-- Rows stand in the order given: the oldest are the first, and only the first 1000 are looked at.
DELETE FROM answer WHERE answer < (SELECT min(answer) + 1000 FROM answer) AND at_ms < ?1;

-- name: answer_key_insert
INSERT INTO answer_key (answer, place) VALUES (?1, ?2);

-- name: answer_key_each
SELECT answer, place FROM answer_key ORDER BY answer;

-- name: answer_key_purge
-- What the purge of answers left without its row.
DELETE FROM answer_key WHERE answer < coalesce((SELECT min(answer) FROM answer), 9223372036854775807);

-- ---- configuration ----

-- name: config_newest
SELECT version, document FROM config ORDER BY version DESC LIMIT 1;

-- name: config_get
SELECT version, document FROM config WHERE version = ?1;

-- name: config_at
SELECT version, document FROM config WHERE at_ms <= ?1 OR version = (SELECT min(version) FROM config)
ORDER BY version DESC LIMIT 1;

-- name: config_insert
INSERT INTO config (at_ms, actor, document) VALUES (?1, ?2, ?3);

-- name: config_mark
UPDATE config SET restored_from = ?2 WHERE version = ?1;

-- name: config_each
SELECT version, at_ms, actor, restored_from, document FROM config WHERE version < ?1
ORDER BY version DESC LIMIT ?2;

-- ---- people and tokens ----

-- name: user_get
SELECT name, password_hash, roles, window, disabled, created_ms, signed_in_ms, must_change FROM user WHERE name = ?1;

-- name: user_put
INSERT INTO user (name, password_hash, roles, window, disabled, created_ms, must_change)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (name) DO UPDATE SET
    password_hash = excluded.password_hash, roles = excluded.roles, window = excluded.window,
    disabled = excluded.disabled, created_ms = excluded.created_ms, must_change = excluded.must_change;

-- name: user_each
SELECT name, password_hash, roles, window, disabled, created_ms, signed_in_ms, must_change FROM user
ORDER BY name LIMIT ?1;

-- name: user_delete
DELETE FROM user WHERE name = ?1;

-- name: user_signed_in
UPDATE user SET signed_in_ms = ?2 WHERE name = ?1;

-- name: identity_put
INSERT INTO identity (hash, kind, roles, window, name, session, created_ms, expires_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (hash) DO UPDATE SET
    kind = excluded.kind, roles = excluded.roles, window = excluded.window, name = excluded.name,
    session = excluded.session, created_ms = excluded.created_ms, expires_ms = excluded.expires_ms;

-- name: identity_delete
DELETE FROM identity WHERE hash = ?1;

-- name: identity_purge
DELETE FROM identity WHERE session = 1 AND expires_ms > 0 AND expires_ms <= ?1;

-- name: identity_each
SELECT hash, kind, roles, window, name, session, created_ms, expires_ms FROM identity
WHERE expires_ms = 0 OR expires_ms > ?1 ORDER BY created_ms, hash LIMIT ?2;

-- name: identity_delete_named
DELETE FROM identity WHERE kind = 2 AND session = 0 AND name = ?1;

-- name: identity_delete_sessions
DELETE FROM identity WHERE kind = 1 AND session = 1 AND name = ?1;

-- name: pairing_put
INSERT INTO pairing (name, roles, window, hash, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (name) DO UPDATE SET
    roles = excluded.roles, window = excluded.window, hash = excluded.hash,
    expires_ms = excluded.expires_ms;

-- name: pairing_delete
DELETE FROM pairing WHERE name = ?1;

-- name: pairing_purge
DELETE FROM pairing WHERE expires_ms <= ?1;

-- name: pairing_each
SELECT name, roles, window, hash, expires_ms FROM pairing WHERE expires_ms > ?1
ORDER BY name LIMIT ?2;

-- ---- the database itself ----

-- name: meta_get
SELECT value FROM meta WHERE name = ?1;

-- name: meta_insert
INSERT INTO meta (name, value) VALUES (?1, ?2);

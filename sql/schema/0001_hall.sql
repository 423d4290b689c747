-- The first schema. A step is run once, in one transaction, and never edited after it has landed; a change is
-- a new file with the next number. Each statement ends with a semicolon at the end of its line.
-- Times are hall time, milliseconds since 1970-01-01T00:00:00Z; 0 means not yet. Comments that stand inside
-- a statement stay in the database and explain it to whoever opens it.

CREATE TABLE event (
    -- The log: every change of the hall, append-only. All other hall tables can be rebuilt from it.
    seq INTEGER PRIMARY KEY,    -- sequence number, gapless from 1
    epoch INTEGER NOT NULL,     -- grows when the database was restored from a copy
    at_ms INTEGER NOT NULL,     -- hall time, never decreases with seq
    wall_ms INTEGER NOT NULL,   -- what the machine's clock said
    day INTEGER NOT NULL,       -- business day, days since 1970-01-01
    kind TEXT NOT NULL,         -- ticket.issued, window.opened, ...
    ticket_id TEXT,             -- ticket concerned, NULL none
    visit INTEGER NOT NULL,     -- slot of the visit in its day, -1 none
    leg INTEGER NOT NULL,       -- slot of the leg in its day, -1 none
    window INTEGER NOT NULL,    -- number of the window, 0 none
    actor TEXT NOT NULL,        -- user:NAME, device:NAME, visitor, system
    device TEXT,                -- name of the device that asked, NULL none
    request_id TEXT,            -- id of the request that caused it, NULL none
    data TEXT NOT NULL,         -- the whole event as a JSON object
    hash BLOB NOT NULL          -- SHA-256 over the previous hash and this row, 32 bytes
) STRICT;

-- The history of one ticket. Ids grow with time, so new entries gather at the end of the index.
CREATE INDEX event_ticket ON event (ticket_id) WHERE ticket_id IS NOT NULL;

-- Where the replay of a business day begins. One entry for each opening.
CREATE INDEX event_day_opened ON event (day) WHERE kind = 'hall.day_opened';

CREATE TABLE visit (
    -- A visit: one number in the hall. The newest state of each ticket, derived from the log.
    visit INTEGER PRIMARY KEY,  -- day * 33554432 + slot: read out of the id, sorts like it
    id TEXT NOT NULL,           -- ticket id
    day INTEGER NOT NULL,       -- business day, days since 1970-01-01
    number TEXT,                -- number shown in the hall, NULL none
    token BLOB,                 -- key of the public link, 16 bytes, NULL none
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 11),
        -- 0 booked, 1 waiting, 2 called, 3 serving, 4 held, 5 no_show, 6 done, 7 transferred, 8 abandoned,
        -- 9 cancelled, 10 expired, 11 void; always that of the last leg
    service TEXT NOT NULL,      -- service of the last leg
    window INTEGER NOT NULL,    -- window of the last leg, 0 none
    class TEXT NOT NULL,        -- priority class
    lang TEXT NOT NULL,         -- language of the visitor
    channel TEXT NOT NULL,      -- where the number was taken: kiosk, web, ...
    external_ref TEXT NOT NULL, -- reference of another system
    note TEXT NOT NULL,         -- note of the staff
    issued_ms INTEGER NOT NULL, -- when the number was given
    print INTEGER NOT NULL,     -- slip: 0 none, 1 queued, 2 printed, 3 failed
    copies INTEGER NOT NULL,    -- slips printed again
    urgent INTEGER NOT NULL,    -- 1: an urgent grant
    time_inaccurate INTEGER NOT NULL, -- 1: the times of this visit are not to be averaged
    version INTEGER NOT NULL,   -- grows with every change
    legs INTEGER NOT NULL       -- how many legs it has
) STRICT;

-- One number, one person: the second wall behind the engine. Tokens have no such index: they are 128 random bits,
-- nothing is found by them here, and an index in random order costs a third of all issues a second.
CREATE UNIQUE INDEX visit_number ON visit (day, number) WHERE number IS NOT NULL;

CREATE TABLE leg (
    -- A visit at one service, derived from the log.
    leg INTEGER PRIMARY KEY,    -- visit * 16 + number of the leg in its visit, from 0
    service TEXT NOT NULL,      -- code of the service
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 11), -- as in visit
    window INTEGER NOT NULL,    -- window that has or last had it, 0 none
    target_window INTEGER NOT NULL, -- may be called only there, 0 anywhere
    clerk TEXT NOT NULL,        -- who called it last
    outcome TEXT NOT NULL,      -- how it ended
    entered_ms INTEGER NOT NULL,     -- joined the queue
    called_ms INTEGER NOT NULL,      -- first call
    last_called_ms INTEGER NOT NULL, -- newest call
    started_ms INTEGER NOT NULL,     -- came to the window
    ended_ms INTEGER NOT NULL,       -- reached a final state
    held_until_ms INTEGER NOT NULL,  -- when the parking ends
    held_total_ms INTEGER NOT NULL,  -- time spent parked
    no_show_total_ms INTEGER NOT NULL, -- time spent passed over
    calls INTEGER NOT NULL,     -- calls of the newest attempt
    no_shows INTEGER NOT NULL,  -- times it did not come
    overtakes INTEGER NOT NULL, -- times it was overtaken by policy
    rating INTEGER NOT NULL     -- 1 to 5, 0 none
) STRICT;

-- Who is at a window now. A handful of entries, looked at before each commit: a window has at most one.
CREATE INDEX leg_at_window ON leg (window) WHERE state IN (2, 3);

CREATE TABLE answer (
    -- What a request with an Idempotency-Key was answered, so that its repetition is answered alike.
    answer INTEGER PRIMARY KEY, -- in the order given
    name BLOB NOT NULL,         -- SHA-256 of the caller's scope and the key
    at_ms INTEGER NOT NULL,     -- when it was given
    body_hash BLOB NOT NULL,    -- SHA-256 of method, path and body
    status INTEGER NOT NULL,    -- HTTP status
    location TEXT NOT NULL,     -- Location header
    body BLOB NOT NULL          -- body of the answer
) STRICT;

CREATE TABLE answer_key (
    -- A narrow copy of what finds an answer, read whole at start: no index is kept on scattered keys.
    answer INTEGER PRIMARY KEY, -- row of answer
    place INTEGER NOT NULL      -- first 8 bytes of its name, as a number
) STRICT;

CREATE TABLE config (
    -- Every configuration document that was ever in force.
    version INTEGER PRIMARY KEY, -- from 1; the greatest is in force
    at_ms INTEGER NOT NULL,      -- when it was stored
    actor TEXT NOT NULL,         -- who stored it
    document TEXT NOT NULL       -- JSON
) STRICT;

CREATE TABLE user (
    -- People who may sign in.
    name TEXT PRIMARY KEY,       -- what they type
    password_hash TEXT NOT NULL, -- yescrypt
    roles INTEGER NOT NULL,      -- bit for each role
    window INTEGER NOT NULL,     -- bound to this window, 0 to none
    disabled INTEGER NOT NULL,   -- 1: may not sign in
    created_ms INTEGER NOT NULL  -- when it was made
) STRICT, WITHOUT ROWID;

CREATE TABLE identity (
    -- Bearer tokens and sessions that are good for something.
    hash BLOB PRIMARY KEY,       -- SHA-256 of the secret, which itself is stored nowhere
    kind INTEGER NOT NULL,       -- 1 user, 2 token
    roles INTEGER NOT NULL,      -- bit for each role
    window INTEGER NOT NULL,     -- bound to this window, 0 to none
    name TEXT NOT NULL,          -- of the user or the token
    session INTEGER NOT NULL,    -- 1: a signed-in browser
    created_ms INTEGER NOT NULL, -- when it was made
    expires_ms INTEGER NOT NULL  -- 0 never
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    -- Facts about this database itself.
    name TEXT PRIMARY KEY,       -- hall_key: the random key under which identities are hashed
    value BLOB NOT NULL          -- the fact
) STRICT, WITHOUT ROWID;

-- The four letters Hall.
PRAGMA application_id = 1214344300;

PRAGMA user_version = 1;

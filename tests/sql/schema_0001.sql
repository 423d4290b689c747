-- A database of schema 1, as the sqlite3 shell dumps it: an opened day, two tickets (one sent on), an answer,
-- a configuration, a person, a token. test_store_copy.c opens it. Not to be changed: it stands for the
-- databases that are out there.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
INSERT INTO event VALUES(1,1,1795424400001,1795424400006,20780,'hall.day_opened',NULL,-1,-1,0,'system',NULL,NULL,'{}',X'23b9e1b0329b90aa17ce10d0a276bc5cbd82fa2f4636e8e0daba9208fdeb0a58');
INSERT INTO event VALUES(2,1,1795424400002,1795424400007,20780,'ticket.issued','01M83T4CM00M9C00000',0,0,0,'device:k1','k1','r-2','{"number":"A001","note":"轮椅"}',X'0d712b9fb53b94fd56e851d74775ad8a476d8e9f37d20ca600a386e2db2977c3');
INSERT INTO event VALUES(3,1,1795424400003,1795424400008,20780,'ticket.transferred','01M83T4CM10M9C00001',1,1,3,'user:zhang',NULL,NULL,'{}',X'45fb765ee05d8b76d64ad7119862c8519044ee915dd4806ec38307a648813ef3');
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
INSERT INTO visit VALUES(697261096960,'01M83T4CM00M9C00000',20780,'A001',X'00005555555555555555555555555555',1,'pension',0,'ordinary','zh-CN','kiosk','','轮椅',1795424400000,0,0,0,0,1,1);
INSERT INTO visit VALUES(697261096961,'01M83T4CM10M9C00001',20780,'A002',X'01005555555555555555555555555555',1,'medical',0,'ordinary','zh-CN','kiosk','','',1795424400001,0,0,0,0,3,2);
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
INSERT INTO leg VALUES(11156177551360,'pension',1,0,0,'','',1795424400000,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO leg VALUES(11156177551376,'pension',7,3,0,'','',1795424400001,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO leg VALUES(11156177551377,'medical',1,0,0,'','',1795424400003,0,0,0,0,0,0,0,0,0,0,0);
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
INSERT INTO answer VALUES(1,X'e79f2d68e47442e50f08fccb751277f6e07186e35926a1601c88abace5f3ea6f',1795424400000,X'0202020202020202020202020202020202020202020202020202020202020202',201,'/api/v1/tickets/x',X'7b7d');
CREATE TABLE answer_key (
    -- A narrow copy of what finds an answer, read whole at start: no index is kept on scattered keys.
    answer INTEGER PRIMARY KEY, -- row of answer
    place INTEGER NOT NULL      -- first 8 bytes of its name, as a number
) STRICT;
INSERT INTO answer_key VALUES(1,-1756635401118530843);
CREATE TABLE config (
    -- Every configuration document that was ever in force.
    version INTEGER PRIMARY KEY, -- from 1; the greatest is in force
    at_ms INTEGER NOT NULL,      -- when it was stored
    actor TEXT NOT NULL,         -- who stored it
    document TEXT NOT NULL       -- JSON
) STRICT;
INSERT INTO config VALUES(1,1795424400000,'system','{"hall":{"code":"old"}}');
CREATE TABLE user (
    -- People who may sign in.
    name TEXT PRIMARY KEY,       -- what they type
    password_hash TEXT NOT NULL, -- yescrypt
    roles INTEGER NOT NULL,      -- bit for each role
    window INTEGER NOT NULL,     -- bound to this window, 0 to none
    disabled INTEGER NOT NULL,   -- 1: may not sign in
    created_ms INTEGER NOT NULL  -- when it was made
) STRICT, WITHOUT ROWID;
INSERT INTO user VALUES('zhang','$y$j9T$old$old',2,3,0,1795424400000);
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
INSERT INTO identity VALUES(X'0707070707070707070707070707070707070707070707070707070707070707',2,1,0,'k1',0,1795424400000,0);
CREATE TABLE meta (
    -- Facts about this database itself.
    name TEXT PRIMARY KEY,       -- hall_key: the random key under which identities are hashed
    value BLOB NOT NULL          -- the fact
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('hall_key',X'8a2945271e503ccc32b7a066f2a42c1b846c8c5c77a50a20b74208997b6d5a31');
CREATE INDEX event_ticket ON event (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX event_day_opened ON event (day) WHERE kind = 'hall.day_opened';
CREATE UNIQUE INDEX visit_number ON visit (day, number) WHERE number IS NOT NULL;
CREATE INDEX leg_at_window ON leg (window) WHERE state IN (2, 3);
COMMIT;
PRAGMA application_id=1214344300;
PRAGMA user_version=1;

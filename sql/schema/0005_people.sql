-- What the administrator's lists of configurations and of people show beside what was known.

ALTER TABLE config ADD COLUMN
    -- The version whose document this one took back, 0 none.
    restored_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user ADD COLUMN
    -- When they last signed in, 0 never.
    signed_in_ms INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 5;

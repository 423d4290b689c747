-- Passwords that whoever gives them out knows are good once.

ALTER TABLE user ADD COLUMN
    -- 1: the password is good for choosing another one only.
    must_change INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 6;

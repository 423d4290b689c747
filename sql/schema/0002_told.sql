-- What visitors were told of their wait when they took their number, beside how long it was: whether forecasts keep
-- what they promise can be seen over years.

ALTER TABLE leg ADD COLUMN
    -- Lower end of the range told, seconds, -1 nothing was told.
    told_low_s INTEGER NOT NULL DEFAULT -1;
ALTER TABLE leg ADD COLUMN
    -- Median told, seconds, -1 nothing was told.
    told_s INTEGER NOT NULL DEFAULT -1;
ALTER TABLE leg ADD COLUMN
    -- Upper end of the range told, seconds, -1 nothing was told.
    told_high_s INTEGER NOT NULL DEFAULT -1;
ALTER TABLE leg ADD COLUMN
    -- How many in a thousand such ranges shall hold, 0 when nothing was told.
    told_pm INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 2;

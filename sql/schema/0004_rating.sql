-- How a served leg came to its rating, or to none: who asked, whether the question was left unanswered, and whether
-- it counts for nobody.

ALTER TABLE leg ADD COLUMN
    -- Bits: 1 asked by the machine, 2 asked by the clerk in words, 4 the prompt ended without an answer,
    -- 8 exempt because of a fast window, 16 exempt because the rating device was away.
    rating_facts INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 4;

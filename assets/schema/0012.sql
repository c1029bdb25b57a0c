-- The outbox's queue can be held and put in another order. Numbered and never edited once released.

-- Not to leave until the user says so.
ALTER TABLE turns ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
-- Its place among the turns of its conversation, where it isn't the one in which it came: stands in for n.
ALTER TABLE turns ADD COLUMN rank INTEGER;

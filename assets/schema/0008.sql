-- Platforms tell more of why a reply ended. Numbered and never edited once released.
-- A constraint can't be changed, so the column is made anew.

ALTER TABLE turns ADD COLUMN reply_ended TEXT
    CHECK (reply_ended IN ('stop', 'length', 'filtered', 'cut', 'cancelled'));
UPDATE turns SET reply_ended = reply_finish WHERE reply_finish IS NOT NULL;
ALTER TABLE turns DROP COLUMN reply_finish;
ALTER TABLE turns RENAME COLUMN reply_ended TO reply_finish;

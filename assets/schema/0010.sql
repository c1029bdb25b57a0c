-- Search: the index is made of sorted runs of its own, far smaller than what it was. All messages wait to be put into it
-- anew; meanwhile they are read through. Numbered and never edited once released.

DROP TRIGGER messages_came;
DROP TRIGGER messages_changed;
DROP TRIGGER messages_went;
DROP TRIGGER turns_found;
DROP TABLE words;
DROP TABLE documents;

-- Parts of the index, never changed once written: small ones are joined to larger ones. No number is given twice, so that
-- whoever joins some sees whether another was quicker.
CREATE TABLE segments (
    n      INTEGER PRIMARY KEY AUTOINCREMENT,
    docs   INTEGER NOT NULL,        -- how many messages are in it
    oldest INTEGER NOT NULL,        -- the first and the last of their numbers, which begin with a time
    newest INTEGER NOT NULL
) STRICT;

-- What a segment consists of: a number holds the segment and the first term of the row. Which messages have which letters
-- by threes, and which messages they are.
CREATE TABLE postings (
    n    INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- Messages up to `up_to` wait, since they are older than the index; those above `known` wait, since they are newer. What
-- is between them is in the index, but for what `unindexed` names.
ALTER TABLE backlog ADD COLUMN known INTEGER NOT NULL DEFAULT 0;

-- Where most of the index is of messages that went or changed, it is made anew: segments up to this one serve until `up_to`
-- is 0 again, then they go. 0 where the index isn't made anew.
ALTER TABLE backlog ADD COLUMN anew INTEGER NOT NULL DEFAULT 0;

DELETE FROM unindexed;
UPDATE backlog SET (up_to, known) = (SELECT ifnull(max(n), 0), ifnull(max(n), 0) FROM messages);

-- No write path can forget to tell. A new message is told by its number; only one that has the number of another that went
-- is named.
CREATE TRIGGER messages_came AFTER INSERT ON messages WHEN new.n <= (SELECT known FROM backlog) BEGIN
    INSERT INTO unindexed (message)
        SELECT new.n WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE message = new.n);
END;

CREATE TRIGGER messages_changed AFTER UPDATE OF conversation, id, role, text, own_text, finish, created_ms, extras
ON messages WHEN new.n <= (SELECT known FROM backlog) BEGIN
    INSERT INTO unindexed (message)
        SELECT new.n WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE message = new.n);
END;

CREATE TRIGGER messages_went AFTER DELETE ON messages WHEN old.n <= (SELECT known FROM backlog) BEGIN
    INSERT INTO unindexed (message)
        SELECT old.n WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE message = old.n);
END;

-- What became of a turn is known of its message too.
CREATE TRIGGER turns_found AFTER UPDATE OF state, message_id ON turns WHEN new.message_id IS NOT NULL
AND (new.message_id IS NOT old.message_id OR new.state IS NOT old.state) BEGIN
    INSERT INTO unindexed (message)
        SELECT m.n FROM messages m WHERE m.conversation = new.conversation AND m.id = new.message_id
        AND m.n <= (SELECT known FROM backlog) AND NOT EXISTS (SELECT 1 FROM unindexed u WHERE u.message = m.n);
END;

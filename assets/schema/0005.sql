-- What is known of one message besides its text. Numbered and never edited once released.

ALTER TABLE messages ADD COLUMN raw TEXT;                  -- JSON: what the platform told of it; none where a delivery brought it

-- The last of it that was on the screen: the id of a message, or of a turn, whose message or reply it was.
ALTER TABLE conversations ADD COLUMN seen TEXT;
ALTER TABLE conversations ADD COLUMN seen_of TEXT CHECK (seen_of IN ('message', 'ask', 'reply'));

-- What a turn was, one after the other.
CREATE TABLE turn_steps (
    n       INTEGER PRIMARY KEY,
    turn    INTEGER NOT NULL,           -- its row
    at_ms   INTEGER NOT NULL,
    state   TEXT NOT NULL
            CHECK (state IN ('queued', 'sending', 'sent', 'rejected', 'unknown', 'cancelled')),
    failure TEXT                        -- JSON: why; of one that is sending, why the attempt before did not go through
) STRICT;

CREATE INDEX turn_steps_by_turn ON turn_steps (turn);
CREATE INDEX turns_by_reply ON turns (conversation, reply_message_id) WHERE reply_message_id IS NOT NULL;

-- Written by the database itself, by its own clock: so no way of changing a turn can leave its history behind.
CREATE TRIGGER turn_begun AFTER INSERT ON turns BEGIN
    INSERT INTO turn_steps (turn, at_ms, state, failure) VALUES (NEW.n, NEW.created_ms, NEW.state, NEW.failure);
END;

CREATE TRIGGER turn_changed AFTER UPDATE OF state, failure ON turns
WHEN NEW.state <> OLD.state OR (NEW.failure IS NOT NULL AND NEW.failure IS NOT OLD.failure)
BEGIN
    INSERT INTO turn_steps (turn, at_ms, state, failure)
    VALUES (NEW.n, CAST(round(unixepoch('subsec') * 1000) AS INTEGER), NEW.state, NEW.failure);
END;

-- What a user keeps of a conversation for themself; no platform is told of it. Numbered and never edited once released.
-- By the conversation's id rather than its row's number: it is kept of one that is not in the store yet, and stays where
-- that is found anew.

CREATE TABLE desk (
    channel      TEXT NOT NULL,
    conversation TEXT NOT NULL,
    pinned       INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    archived_ms  INTEGER,                   -- since when it is out of the way; none where it isn't
    labels       TEXT NOT NULL DEFAULT '',  -- each with a line's end on both sides
    note         TEXT NOT NULL DEFAULT '',
    snoozed_ms   INTEGER,                   -- since when it sleeps; none where it doesn't
    until_ms     INTEGER,                   -- when it wakes by itself; none where only a message wakes it
    woke_ms      INTEGER,                   -- since when it is awake again, and nobody has looked at it
    PRIMARY KEY (channel, conversation)
) STRICT, WITHOUT ROWID;

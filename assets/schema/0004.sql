-- Search: an index of all messages, and what is yet to be put into it. Numbered and never edited once released.

-- Every message that is in the index, newest last: a number begins with the time, so that hits come in its order and
-- nothing is sorted. What can be asked of a message besides its words stands here too, so that few are ever read.
CREATE TABLE documents (
    n            INTEGER PRIMARY KEY,
    message      INTEGER NOT NULL UNIQUE,   -- its row; no reference, since it goes first
    conversation INTEGER NOT NULL,
    channel      TEXT NOT NULL,
    role         TEXT NOT NULL,
    at_ms        INTEGER,                   -- none where the platform's text can't be read
    marks        INTEGER NOT NULL,          -- bits: what it has, and what is known of its arrival
    letters      INTEGER NOT NULL           -- bits: which letters are in its text
) STRICT;

-- Texts that are too long for the index: read through instead.
CREATE INDEX documents_long ON documents (message) WHERE marks & 16 <> 0;

-- The texts as they are compared, under the numbers of `documents`; every three letters of them are known. The text
-- itself is not kept a second time.
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);

-- Rows of messages that came, changed or went since the index knew them.
CREATE TABLE unindexed (
    message INTEGER PRIMARY KEY
) STRICT;

-- Messages of an older store up to this row wait to be put into the index.
CREATE TABLE backlog (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    up_to   INTEGER NOT NULL
) STRICT;

INSERT INTO backlog (one, up_to) SELECT 1, ifnull(max(n), 0) FROM messages;

-- No write path can forget to tell.
CREATE TRIGGER messages_came AFTER INSERT ON messages BEGIN
    INSERT INTO unindexed (message)
        SELECT new.n WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE message = new.n);
END;

CREATE TRIGGER messages_changed AFTER UPDATE OF conversation, id, role, text, own_text, finish, created_ms, extras
ON messages BEGIN
    INSERT INTO unindexed (message)
        SELECT new.n WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE message = new.n);
END;

CREATE TRIGGER messages_went AFTER DELETE ON messages BEGIN
    INSERT INTO unindexed (message)
        SELECT old.n WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE message = old.n);
END;

-- What became of a turn is known of its message too.
CREATE TRIGGER turns_found AFTER UPDATE OF state, message_id ON turns WHEN new.message_id IS NOT NULL
AND (new.message_id IS NOT old.message_id OR new.state IS NOT old.state) BEGIN
    INSERT INTO unindexed (message)
        SELECT m.n FROM messages m WHERE m.conversation = new.conversation AND m.id = new.message_id
        AND NOT EXISTS (SELECT 1 FROM unindexed u WHERE u.message = m.n);
END;

-- Searches that are kept under a name.
CREATE TABLE searches (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

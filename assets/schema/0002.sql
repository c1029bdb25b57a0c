-- Webhooks: what platforms post, what it means, and what is answered. Numbered and never edited once released.

ALTER TABLE conversations ADD COLUMN details TEXT;         -- JSON: pairs of a name and a text; none where there are none
ALTER TABLE conversations ADD COLUMN delivery INTEGER;     -- the newest delivery that brought something of it

ALTER TABLE messages ADD COLUMN received_ms INTEGER;       -- when it came by webhook, or when a message of ours left
ALTER TABLE messages ADD COLUMN place_ms INTEGER;          -- what stands for a time that can't be read, to find a place by
ALTER TABLE messages ADD COLUMN extras TEXT;               -- JSON; none where there are none
ALTER TABLE messages ADD COLUMN delivery INTEGER;          -- the delivery that brought it

-- Where the messages that came since our last one begin.
CREATE INDEX messages_ours ON messages (conversation, seq) WHERE ours = 1;

ALTER TABLE turns ADD COLUMN claimed_ms INTEGER;           -- when it was last taken to be sent
ALTER TABLE turns ADD COLUMN attach TEXT;                  -- JSON; none where nothing goes out with it

-- Every webhook that came, in the order in which it did. What is small stands before what is large, so that a list
-- reads no further than it must. No references: a row is written for every webhook, and nothing that it names ever goes.
CREATE TABLE deliveries (
    n            INTEGER PRIMARY KEY,
    channel      TEXT NOT NULL,
    at_ms        INTEGER NOT NULL,
    replay       INTEGER NOT NULL,      -- the program sent it itself
    trust        TEXT,
    verdict      TEXT NOT NULL CHECK (verdict IN ('accepted', 'duplicate', 'rejected')),
    status       INTEGER,               -- of a rejected one
    reason       TEXT,
    conversation INTEGER,               -- its row
    message      TEXT,                  -- ids, of the first that it says
    request      TEXT,
    summary      TEXT NOT NULL,
    url          TEXT NOT NULL,
    headers      TEXT NOT NULL,         -- JSON: pairs
    body         BLOB NOT NULL
) STRICT;

CREATE INDEX deliveries_by_channel ON deliveries (channel);
CREATE INDEX deliveries_rejected ON deliveries (verdict) WHERE verdict = 'rejected';

-- What was said, for ever: said again, it is a duplicate. Keys begin with a time, so this grows at its end.
CREATE TABLE said (
    channel  TEXT NOT NULL,
    key      TEXT NOT NULL,
    delivery INTEGER NOT NULL,          -- the one that said it first
    PRIMARY KEY (channel, key)
) STRICT, WITHOUT ROWID;

-- Data requests, and what was answered.
CREATE TABLE requests (
    n           INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    channel     TEXT NOT NULL,
    key         TEXT NOT NULL,
    inputs      TEXT NOT NULL,          -- JSON
    link        TEXT,
    trust       TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL,
    state       TEXT NOT NULL
                CHECK (state IN ('received', 'answering', 'answered', 'posted', 'failed', 'unknown', 'expired')),
    holder      TEXT,                   -- the running program that posts its answer
    answer      TEXT,                   -- JSON
    failure     TEXT,                   -- JSON
    CHECK ((state = 'answering') = (holder IS NOT NULL))
) STRICT;

CREATE INDEX requests_by_channel ON requests (channel);
CREATE INDEX requests_waiting ON requests (deadline_ms) WHERE state = 'received';
CREATE INDEX requests_held ON requests (holder) WHERE holder IS NOT NULL;

-- One-time ways to answer a conversation. A used one stays until its end, so that it is not taken for a new one.
CREATE TABLE reply_handles (
    conversation INTEGER NOT NULL,
    token        TEXT NOT NULL,
    expires_ms   INTEGER NOT NULL,
    used         INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1)),
    PRIMARY KEY (conversation, token)
) STRICT, WITHOUT ROWID;

CREATE INDEX reply_handles_by_end ON reply_handles (conversation, expires_ms);

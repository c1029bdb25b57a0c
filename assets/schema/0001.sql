-- The first schema. Numbered and never edited once released: a change is the next number.
-- Times are milliseconds since 1970 in UTC; a platform's own text of a time stands beside it, as it came.

CREATE TABLE conversations (
    n           INTEGER PRIMARY KEY,
    channel     TEXT NOT NULL,
    id          TEXT NOT NULL,
    title       TEXT NOT NULL,
    created_ms  INTEGER,                -- none where the platform's text can't be read
    created_raw TEXT NOT NULL,
    turned_ms   INTEGER,                -- the newest local turn
    -- What the roster is sorted by, ascending: the negated time of the last activity, and the end of time where there
    -- is none. Computed here, so that it can't disagree with what it is computed from.
    recency     INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE WHEN created_ms IS NULL AND turned_ms IS NULL THEN 9223372036854775807
             ELSE -max(ifnull(created_ms, turned_ms), ifnull(turned_ms, created_ms)) END
    ) STORED,
    -- n again, since a row's own number can't end a range in an index.
    arrival     INTEGER NOT NULL GENERATED ALWAYS AS (n) VIRTUAL,
    UNIQUE (channel, id)
) STRICT;

CREATE INDEX conversations_by_recency ON conversations (channel, recency, arrival);

-- What the platforms' histories told, in their order.
CREATE TABLE messages (
    n             INTEGER PRIMARY KEY,
    conversation  INTEGER NOT NULL REFERENCES conversations (n),
    seq           INTEGER NOT NULL,     -- the place in the platform's order; every other number is left free
    id            TEXT NOT NULL,
    role          TEXT NOT NULL,
    text          TEXT NOT NULL,        -- the platform's, as it came
    created_ms    INTEGER,
    created_raw   TEXT NOT NULL,
    own_text      TEXT,                 -- what this program received, where that is more than the platform kept
    finish        TEXT,                 -- how own_text ended
    first_word_ms INTEGER,
    took_ms       INTEGER,
    -- A reply that was received here and isn't in the platform's history; its id is the turn's.
    ours          INTEGER NOT NULL DEFAULT 0 CHECK (ours IN (0, 1)),
    UNIQUE (conversation, seq),
    UNIQUE (conversation, id)
) STRICT;

-- The outbox: every message that was to be sent, and the reply to it as far as it came.
CREATE TABLE turns (
    n                INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    channel          TEXT NOT NULL,
    conversation     INTEGER REFERENCES conversations (n),
    text             TEXT NOT NULL,
    state            TEXT NOT NULL
                     CHECK (state IN ('queued', 'sending', 'sent', 'rejected', 'unknown', 'cancelled')),
    holder           TEXT,              -- the running program that has this turn in hand
    created_ms       INTEGER NOT NULL,
    message_id       TEXT,              -- its message in the history
    failure          TEXT,              -- JSON
    reply_text       TEXT,
    reply_finish     TEXT CHECK (reply_finish IN ('stop', 'cut', 'cancelled')),
    first_word_ms    INTEGER,
    took_ms          INTEGER,
    reply_message_id TEXT,              -- the reply's message in the history
    filed            INTEGER NOT NULL DEFAULT 0 CHECK (filed IN (0, 1)),  -- all of it is in the history
    CHECK (state NOT IN ('queued', 'sending') OR holder IS NOT NULL),
    CHECK (state NOT IN ('rejected', 'unknown', 'cancelled') OR holder IS NULL)
) STRICT;

CREATE INDEX turns_by_conversation ON turns (conversation);
CREATE INDEX turns_open ON turns (channel, conversation) WHERE filed = 0 AND state <> 'cancelled';
CREATE INDEX turns_held ON turns (holder) WHERE holder IS NOT NULL;
CREATE INDEX turns_by_message ON turns (conversation, message_id) WHERE message_id IS NOT NULL;

CREATE TABLE drafts (
    channel      TEXT NOT NULL,
    conversation TEXT,                  -- none: of the conversation that is yet to be started
    text         TEXT NOT NULL,
    saved_ms     INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX drafts_one ON drafts (channel, conversation) WHERE conversation IS NOT NULL;
CREATE UNIQUE INDEX drafts_new ON drafts (channel) WHERE conversation IS NULL;

-- Small things to remember from one run to the next, such as the conversation that was open.
CREATE TABLE remembered (
    channel TEXT NOT NULL,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (channel, key)
) STRICT, WITHOUT ROWID;

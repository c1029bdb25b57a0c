-- Data sources: changes that wait to be applied, and what changes replaced. Numbered and never edited once released.

-- What the user means to do to rows. Kept from the first letter on, until it is done or taken back.
CREATE TABLE changes (
    n            INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    channel      TEXT NOT NULL,
    source       TEXT NOT NULL,
    row_id       TEXT,                  -- none where a row is to be made
    at_ms        INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('staged', 'applying', 'refused', 'conflict', 'unknown')),
    holder       TEXT,                  -- the running program that applies it
    why          TEXT,                  -- of what was refused, or is unknown
    edit         TEXT NOT NULL CHECK (edit IN ('create', 'update', 'delete')),
    label        TEXT NOT NULL,
    name         TEXT,                  -- what it is to be; of an update none where that stays as it is
    base_name    TEXT,                  -- what it was when the change was begun
    theirs_name  TEXT,                  -- what somebody else made of it
    content      TEXT,
    base_content TEXT,
    theirs_content TEXT,
    CHECK ((state = 'applying') = (holder IS NOT NULL)),
    CHECK ((base_name IS NULL) = (base_content IS NULL)),
    CHECK ((theirs_name IS NULL) = (theirs_content IS NULL)),
    CHECK (edit <> 'create' OR (name IS NOT NULL AND content IS NOT NULL))
) STRICT;

CREATE INDEX changes_by_channel ON changes (channel);
CREATE INDEX changes_held ON changes (holder) WHERE holder IS NOT NULL;

-- What changes replaced, written before they are made, so that it can be put back. No number is given twice: an entry
-- goes where nothing was changed after all, and a screen may still name it.
CREATE TABLE replaced (
    n              INTEGER PRIMARY KEY AUTOINCREMENT,
    channel        TEXT NOT NULL,
    source         TEXT NOT NULL,
    row_id         TEXT,                -- none of a new row, until its id is known
    at_ms          INTEGER NOT NULL,
    certain        INTEGER NOT NULL DEFAULT 0 CHECK (certain IN (0, 1)),
    undone         INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
    size           INTEGER NOT NULL,    -- bytes of its texts
    was_name       TEXT,                -- none where a row was made
    became_name    TEXT,                -- none where it was deleted
    was_content    TEXT,
    became_content TEXT,
    CHECK ((was_name IS NULL) = (was_content IS NULL)),
    CHECK ((became_name IS NULL) = (became_content IS NULL))
) STRICT;

CREATE INDEX replaced_by_source ON replaced (channel, source);
-- How much there is, without reading any of it.
CREATE INDEX replaced_by_size ON replaced (size);

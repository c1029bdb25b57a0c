-- What many deliveries have in common, or stands in a message anyway, is kept once. Numbered and never edited once released.

-- What a delivery's row leaves out because it stands elsewhere. One of an earlier release leaves out nothing.
CREATE TABLE delivery_heads (
    n       INTEGER PRIMARY KEY,
    url     TEXT NOT NULL,
    headers TEXT NOT NULL,              -- JSON: pairs, with null for a value that is each delivery's own
    UNIQUE (url, headers)
) STRICT;

ALTER TABLE deliveries ADD COLUMN head INTEGER;     -- its row there; then `headers` is JSON of its own values, in their order
-- The row of the message whose text was taken out of the body; or, negative, of the request whose inputs were, which never
-- change.
ALTER TABLE deliveries ADD COLUMN text_of INTEGER;
ALTER TABLE deliveries ADD COLUMN text_at INTEGER;  -- where it stood there, in bytes
ALTER TABLE deliveries ADD COLUMN size INTEGER;     -- of the body with it
ALTER TABLE deliveries ADD COLUMN quoted INTEGER;   -- its summary is so many letters of that, negative before an ellipsis

-- Before such a message is no more as it came, what it held goes back to where it was.
CREATE TRIGGER messages_reworded BEFORE UPDATE OF id, text ON messages
WHEN old.delivery IS NOT NULL AND (new.id IS NOT old.id OR new.text IS NOT old.text) BEGIN
    UPDATE deliveries SET
        body = CAST(substr(body, 1, text_at) || substr(json_quote(old.text), 2, length(json_quote(old.text)) - 2)
            || substr(body, text_at + 1) AS BLOB),
        message = ifnull(message, old.id),
        summary = CASE WHEN quoted IS NULL THEN summary
                       ELSE substr(old.text, 1, abs(quoted)) || iif(quoted < 0, '…', '') END,
        text_of = NULL, text_at = NULL, size = NULL, quoted = NULL
    WHERE n = old.delivery AND text_of = old.n;
END;

CREATE TRIGGER messages_leave BEFORE DELETE ON messages WHEN old.delivery IS NOT NULL BEGIN
    UPDATE deliveries SET
        body = CAST(substr(body, 1, text_at) || substr(json_quote(old.text), 2, length(json_quote(old.text)) - 2)
            || substr(body, text_at + 1) AS BLOB),
        message = ifnull(message, old.id),
        summary = CASE WHEN quoted IS NULL THEN summary
                       ELSE substr(old.text, 1, abs(quoted)) || iif(quoted < 0, '…', '') END,
        text_of = NULL, text_at = NULL, size = NULL, quoted = NULL
    WHERE n = old.delivery AND text_of = old.n;
END;

-- Why a delivery was refused, for scripts: a stable word, and the facts behind it. Numbered and never edited once released.

ALTER TABLE deliveries ADD COLUMN code TEXT;    -- of a rejected one
ALTER TABLE deliveries ADD COLUMN detail TEXT;  -- JSON: an object

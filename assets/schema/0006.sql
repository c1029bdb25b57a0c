-- Search compares texts in one of their canonical forms: what is in the index was compared otherwise, so all of it waits to
-- be put there anew. Meanwhile it is read through. Numbered and never edited once released.

INSERT INTO words (words) VALUES ('delete-all');
DELETE FROM documents;
DELETE FROM unindexed;
UPDATE backlog SET up_to = (SELECT ifnull(max(n), 0) FROM messages);

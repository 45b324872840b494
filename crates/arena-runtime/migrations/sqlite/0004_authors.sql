-- Who put each version of an artifact; `slot` is who wrote its name first.
ALTER TABLE artifacts ADD COLUMN author TEXT NOT NULL DEFAULT '';
-- Those of before there was this column.
UPDATE artifacts SET author = put.author FROM (
    SELECT arena_id, payload ->> '$.name' AS name, payload ->> '$.version' AS version, payload ->> '$.agent_id' AS author
    FROM events WHERE type = 'artifact_put' AND json_valid(payload)) AS put
WHERE put.arena_id = artifacts.arena_id AND put.name = artifacts.name AND put.version = artifacts.version AND put.author IS NOT NULL;

-- Who has entered which contest and not left it again: derived from the journal, written with the events that it follows from.
CREATE TABLE entrants (agent_id TEXT NOT NULL, arena_id TEXT NOT NULL, PRIMARY KEY (agent_id, arena_id)) STRICT, WITHOUT ROWID;
CREATE INDEX entrants_by_contest ON entrants (arena_id, agent_id);
-- Those of before there was this table.
INSERT OR IGNORE INTO entrants
SELECT entered.payload ->> '$.agent_id', entered.arena_id FROM events entered
WHERE entered.type = 'agent_entered' AND json_valid(entered.payload) AND NOT EXISTS (
    SELECT 1 FROM events gone
    WHERE gone.arena_id = entered.arena_id AND gone.sequence > entered.sequence AND gone.type = 'entry_withdrawn'
      AND json_valid(gone.payload) AND gone.payload ->> '$.agent_id' = entered.payload ->> '$.agent_id');

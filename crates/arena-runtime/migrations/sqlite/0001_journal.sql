-- The journal. Its columns are documented and stable; everything below it is derived from it, but for the blobs.
CREATE TABLE events (
    position      INTEGER PRIMARY KEY,
    arena_id      TEXT NOT NULL,
    sequence      INTEGER NOT NULL,
    recorded_at   INTEGER NOT NULL,  -- milliseconds since 1970-01-01T00:00:00Z
    actor         TEXT NOT NULL,
    command_id    TEXT,
    type          TEXT NOT NULL,
    payload       TEXT NOT NULL,     -- JSON
    previous_hash BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_arena ON events (arena_id, sequence);
CREATE INDEX events_messages ON events (arena_id, sequence) WHERE type = 'message_sent';

-- Where each stream, and the journal itself, ends: kept apart, so that a cut tail shows.
CREATE TABLE heads (arena_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE journal (id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, last_arena TEXT NOT NULL) STRICT;
INSERT INTO journal VALUES (1, 0, '00000000-0000-0000-0000-000000000000');

CREATE TABLE answers (
    arena_id TEXT NOT NULL, request BLOB NOT NULL, fingerprint BLOB NOT NULL, body BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (arena_id, request)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshots (
    arena_id TEXT PRIMARY KEY, form INTEGER NOT NULL, sequence INTEGER NOT NULL, hash BLOB NOT NULL, state_hash BLOB NOT NULL, state BLOB NOT NULL
) STRICT;
CREATE TABLE deadlines (arena_id TEXT PRIMARY KEY, due_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE arenas (arena_id TEXT PRIMARY KEY, kind TEXT NOT NULL, status TEXT NOT NULL, open INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX arenas_by_status ON arenas (status, arena_id);
CREATE INDEX arenas_open ON arenas (arena_id) WHERE open = 1;
CREATE TABLE members (agent_id TEXT NOT NULL, arena_id TEXT NOT NULL, PRIMARY KEY (agent_id, arena_id)) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_arena ON members (arena_id, agent_id);

CREATE TABLE blobs (sha256 BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE artifacts (
    arena_id TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL,
    kind TEXT NOT NULL, media_type TEXT NOT NULL, slot TEXT NOT NULL, step INTEGER, updated_at INTEGER NOT NULL,
    PRIMARY KEY (arena_id, name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (
    id INTEGER PRIMARY KEY, arena_id TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL,
    confidence INTEGER, tags TEXT NOT NULL, author TEXT NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX facts_by_key ON facts (arena_id, key);
CREATE VIRTUAL TABLE facts_text USING fts5 (arena_id, key, content, tags, content = 'facts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER facts_inserted AFTER INSERT ON facts BEGIN
    INSERT INTO facts_text (rowid, arena_id, key, content, tags) VALUES (new.id, new.arena_id, new.key, new.content, new.tags);
END;
CREATE TRIGGER facts_updated AFTER UPDATE ON facts BEGIN
    INSERT INTO facts_text (facts_text, rowid, arena_id, key, content, tags)
    VALUES ('delete', old.id, old.arena_id, old.key, old.content, old.tags);
    INSERT INTO facts_text (rowid, arena_id, key, content, tags) VALUES (new.id, new.arena_id, new.key, new.content, new.tags);
END;

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

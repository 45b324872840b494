-- One index a stream, which also tells the types apart: each page of an index is another one that a batch writes to the log.
-- That a sequence stands in its stream once is seen to where the stream's head is moved.
DROP INDEX IF EXISTS events_messages;
DROP INDEX IF EXISTS events_by_arena;
CREATE INDEX events_by_arena ON events (arena_id, sequence, type);

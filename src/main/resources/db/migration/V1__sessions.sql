-- Sessions. Each has a head and an append-only log.
--
-- Times are epoch milliseconds. length() of a text counts code points, of a BLOB bytes; octet_length()
-- needs SQLite 3.43, and programs with an older one must be able to check and copy these files. The
-- limits are those of dev.belay.store.TextRule. Counters end at 2^62 - 1, so that adding the size of
-- a commit never overflows.

-- The head. A deleted session keeps this row for ever, so that its id is not used again. A cleared
-- session keeps it, so that revision and seq continue when the session is created again.
CREATE TABLE belay_session (
  no               INTEGER PRIMARY KEY,         -- stands for the id in the other tables
  id               TEXT    NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 1000),
  revision         INTEGER NOT NULL CHECK (revision BETWEEN 1 AND 4611686018427387903),
  leaf_seq         INTEGER NOT NULL,
  last_seq         INTEGER NOT NULL CHECK (last_seq BETWEEN 0 AND 4611686018427387903),
  created_at_ms    INTEGER NOT NULL,
  updated_at_ms    INTEGER NOT NULL,
  active_at_ms     INTEGER NOT NULL DEFAULT 0,  -- updated_at_ms, or up to a second before it
  absent_since_ms  INTEGER,                     -- cleared or deleted: no reader sees it
  deleted_at_ms    INTEGER,
  cleared_seq      INTEGER NOT NULL DEFAULT 0,  -- the last event from before it was cleared
  cleared_revision INTEGER NOT NULL DEFAULT 0,  -- the revision that clearing it made
  CHECK (leaf_seq = 0 OR leaf_seq BETWEEN cleared_seq + 1 AND last_seq),
  CHECK (cleared_seq BETWEEN 0 AND last_seq),
  CHECK (cleared_revision BETWEEN 0 AND revision),
  CHECK (deleted_at_ms IS NULL OR absent_since_ms IS NOT NULL)
) STRICT;

-- The indexes of listings: a listing does not read deleted sessions. The second one is for listings
-- of idle sessions. Every commit would write an index on updated_at_ms; active_at_ms changes at most
-- once a second.
CREATE INDEX belay_session_live ON belay_session (id) WHERE absent_since_ms IS NULL;
CREATE INDEX belay_session_idle ON belay_session (active_at_ms, id) WHERE absent_since_ms IS NULL;

-- Deleted and cleared sessions whose rows have not all been deleted yet. Nearly always empty.
CREATE TABLE belay_session_unfreed (
  session_no         INTEGER PRIMARY KEY REFERENCES belay_session (no),
  due_ms             INTEGER NOT NULL DEFAULT 0,   -- 0: now; otherwise the time of the next attempt
  after_seq          INTEGER NOT NULL DEFAULT 0,   -- attempted up to this event
  after_operation_id TEXT    NOT NULL DEFAULT '',  -- attempted up to this receipt
  stuck_rows         INTEGER NOT NULL DEFAULT 0    -- how many of these could not be deleted
) STRICT;

CREATE INDEX belay_session_unfreed_due ON belay_session_unfreed (due_ms);

-- The state. It has a table of its own because SQLite writes a row as a whole: in the head, every
-- append would write the state again. No row means the empty state.
CREATE TABLE belay_session_state (
  session_no INTEGER PRIMARY KEY REFERENCES belay_session (no),
  state      TEXT    NOT NULL CHECK (length(CAST(state AS BLOB)) <= 67108864)
) STRICT;

-- The log. parent_seq is an event of the same session, or 0. It is smaller than seq, so every history
-- is a finite, ascending path. The payload is the last column, so that the other columns are read
-- without it. The table has rowids: WITHOUT ROWID, events of 4 KiB cost three times as much.
CREATE TABLE belay_session_event (
  session_no INTEGER NOT NULL REFERENCES belay_session (no),
  seq        INTEGER NOT NULL CHECK (seq BETWEEN 1 AND 4611686018427387903),
  parent_seq INTEGER NOT NULL CHECK (parent_seq >= 0 AND parent_seq < seq),
  at_ms      INTEGER NOT NULL,
  event_id   TEXT CHECK (length(event_id) BETWEEN 1 AND 1000),
  type       TEXT    NOT NULL CHECK (length(type) BETWEEN 1 AND 255),
  payload    TEXT    NOT NULL CHECK (length(CAST(payload AS BLOB)) <= 67108864),
  PRIMARY KEY (session_no, seq)
) STRICT;

CREATE UNIQUE INDEX belay_session_event_id ON belay_session_event (session_no, event_id)
  WHERE event_id IS NOT NULL;

-- Branches: events whose parent is not the previous event. Between two branches a history is a range
-- of the log, which paging back skips in one step.
CREATE INDEX belay_session_branch ON belay_session_event (session_no, seq)
  WHERE parent_seq <> seq - 1;

-- Receipts: the results of operations, for an operation that is sent again. hash_format is the
-- version of the hash's input. enqueued has 8 bytes for each piece of work, big-endian: its id times
-- 8, plus 0 if it was added, otherwise the state of the work that had its key (1 to 7).
CREATE TABLE belay_session_receipt (
  session_no   INTEGER NOT NULL REFERENCES belay_session (no),
  operation_id TEXT    NOT NULL CHECK (length(operation_id) BETWEEN 1 AND 1000),
  hash_format  INTEGER NOT NULL CHECK (hash_format > 0),
  hash         BLOB    NOT NULL CHECK (length(hash) = 32),
  revision     INTEGER NOT NULL CHECK (revision > 0),
  at_ms        INTEGER NOT NULL,
  first_seq    INTEGER NOT NULL CHECK (first_seq > 0),
  last_seq     INTEGER NOT NULL CHECK (last_seq >= first_seq - 1),
  enqueued     BLOB    CHECK (length(enqueued) BETWEEN 8 AND 80000
                              AND length(enqueued) % 8 = 0),
  PRIMARY KEY (session_no, operation_id)
) STRICT, WITHOUT ROWID;

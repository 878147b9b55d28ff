-- Sessions: a head and an append-only log each.
--
-- Times are epoch milliseconds. length() of a text counts code points, of a BLOB bytes; octet_length()
-- would keep every program with an SQLite older than 3.43 from checking and copying these files. The
-- limits are those of dev.belay.store.TextRule. Counters end at 2^62 - 1, so that no sum of one and
-- the size of a commit ever overflows.

-- The head. A deleted session keeps this row for ever: it is what burns the id. A cleared one keeps
-- it so that revision and seq go on when it is made again.
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

-- What listings walk, so that it costs nothing to have deleted a million sessions. The second one
-- finds idle sessions. An index on updated_at_ms would be written by every commit; active_at_ms moves
-- at most once a second.
CREATE INDEX belay_session_live ON belay_session (id) WHERE absent_since_ms IS NULL;
CREATE INDEX belay_session_idle ON belay_session (active_at_ms, id) WHERE absent_since_ms IS NULL;

-- Deleted or cleared sessions that still have rows which no reader sees. Nearly always empty.
CREATE TABLE belay_session_unfreed (
  session_no         INTEGER PRIMARY KEY REFERENCES belay_session (no),
  due_ms             INTEGER NOT NULL DEFAULT 0,   -- 0: now; else when to try again what could not go
  after_seq          INTEGER NOT NULL DEFAULT 0,   -- events up to here have been tried
  after_operation_id TEXT    NOT NULL DEFAULT '',  -- receipts up to here have been tried
  stuck_rows         INTEGER NOT NULL DEFAULT 0    -- how many of those that were tried could not go
) STRICT;

CREATE INDEX belay_session_unfreed_due ON belay_session_unfreed (due_ms);

-- The state stands beside the head, not in it: an append that leaves it alone would write it anew,
-- because a row is written whole. No row: "".
CREATE TABLE belay_session_state (
  session_no INTEGER PRIMARY KEY REFERENCES belay_session (no),
  state      TEXT    NOT NULL CHECK (length(CAST(state AS BLOB)) <= 67108864)
) STRICT;

-- The log. parent_seq names an event of the same session, 0 none; being smaller than seq it makes
-- every history a finite path that ascends. Payloads come last: what stands before is read without
-- them. The table is no WITHOUT ROWID one: 4 KiB events cost three times as much there.
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

-- Where a history leaves the order of the log: an event that does not follow the one right before
-- it. Between two of these a history is a range of the log, which a page back can skip in one step.
CREATE INDEX belay_session_branch ON belay_session_event (session_no, seq)
  WHERE parent_seq <> seq - 1;

-- What answers an operation that is sent again. hash_format numbers the way the hash was made, so
-- that a later way can tell its own hashes from these. enqueued is 8 bytes for each piece of work,
-- big end first: its id times 8, and in the last three bits 0, or the state of work that was there.
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

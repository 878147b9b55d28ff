-- Sessions: a head and an append-only log each.
--
-- Times are epoch milliseconds. length() of a text counts code points, of a BLOB bytes; octet_length()
-- would keep every program with an SQLite older than 3.43 from checking and copying these files. The
-- limits are those of dev.belay.store.TextRule. Counters end at 2^62 - 1, so that no sum of one and
-- the size of a commit ever overflows.

-- The head. A deleted session keeps this row for ever: it is what burns the id.
CREATE TABLE belay_session (
  no            INTEGER PRIMARY KEY,            -- stands for the id in the other tables
  id            TEXT    NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 1000),
  revision      INTEGER NOT NULL CHECK (revision BETWEEN 1 AND 4611686018427387903),
  leaf_seq      INTEGER NOT NULL,
  last_seq      INTEGER NOT NULL CHECK (last_seq BETWEEN 0 AND 4611686018427387903),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER,
  freed_at_ms   INTEGER,                        -- when the last of its other rows was gone
  CHECK (leaf_seq BETWEEN 0 AND last_seq),
  CHECK (freed_at_ms IS NULL OR deleted_at_ms IS NOT NULL)
) STRICT;

-- What a listing walks, so that it costs nothing to have deleted a million sessions.
CREATE INDEX belay_session_live ON belay_session (id) WHERE deleted_at_ms IS NULL;

-- Deleted sessions that still have rows. Nearly always empty.
CREATE INDEX belay_session_unfreed ON belay_session (no)
  WHERE deleted_at_ms IS NOT NULL AND freed_at_ms IS NULL;

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

-- What answers an operation that is sent again. hash_format numbers the way the hash was made, so
-- that a later way can tell its own hashes from these. enqueued is 8 bytes for each piece of work,
-- its id, big end first; minus the id if the work was there before.
CREATE TABLE belay_session_receipt (
  session_no   INTEGER NOT NULL REFERENCES belay_session (no),
  operation_id TEXT    NOT NULL CHECK (length(operation_id) BETWEEN 1 AND 1000),
  hash_format  INTEGER NOT NULL CHECK (hash_format > 0),
  hash         BLOB    NOT NULL CHECK (length(hash) = 32),
  revision     INTEGER NOT NULL CHECK (revision > 0),
  first_seq    INTEGER NOT NULL CHECK (first_seq > 0),
  last_seq     INTEGER NOT NULL CHECK (last_seq >= first_seq - 1),
  enqueued     BLOB    CHECK (length(enqueued) BETWEEN 8 AND 80000
                              AND length(enqueued) % 8 = 0),
  PRIMARY KEY (session_no, operation_id)
) STRICT, WITHOUT ROWID;

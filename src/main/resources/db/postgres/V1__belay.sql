-- The tables of Belay on PostgreSQL. The same tables, columns and names of indexes as on SQLite,
-- where each column is explained; what differs is explained here. Names compare by code points
-- (COLLATE "C"). The rules of each row stand in the code: a CHECK costs each statement, because the
-- server plans it again each time.

CREATE TABLE belay_session (
  no               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id               TEXT   COLLATE "C" NOT NULL UNIQUE,
  revision         BIGINT NOT NULL,
  leaf_seq         BIGINT NOT NULL,
  last_seq         BIGINT NOT NULL,
  created_at_ms    BIGINT NOT NULL,
  updated_at_ms    BIGINT NOT NULL,
  active_at_ms     BIGINT NOT NULL DEFAULT 0,
  absent_since_ms  BIGINT,
  deleted_at_ms    BIGINT,
  cleared_seq      BIGINT NOT NULL DEFAULT 0,
  cleared_revision BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

CREATE INDEX belay_session_live ON belay_session (id) WHERE absent_since_ms IS NULL;
CREATE INDEX belay_session_idle ON belay_session (active_at_ms, id) WHERE absent_since_ms IS NULL;

CREATE TABLE belay_session_unfreed (
  session_no         BIGINT PRIMARY KEY REFERENCES belay_session (no),
  due_ms             BIGINT NOT NULL DEFAULT 0,
  after_seq          BIGINT NOT NULL DEFAULT 0,
  after_operation_id TEXT   COLLATE "C" NOT NULL DEFAULT '',
  stuck_rows         BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX belay_session_unfreed_due ON belay_session_unfreed (due_ms);

CREATE TABLE belay_session_state (
  session_no BIGINT PRIMARY KEY REFERENCES belay_session (no),
  state      TEXT   NOT NULL
);

-- No foreign key from here to belay_session: the check of each row would lock the session's head.
CREATE TABLE belay_session_event (
  session_no BIGINT NOT NULL,
  seq        BIGINT NOT NULL,
  parent_seq BIGINT NOT NULL,
  at_ms      BIGINT NOT NULL,
  event_id   TEXT   COLLATE "C",
  type       TEXT   NOT NULL,
  payload    TEXT   NOT NULL,
  PRIMARY KEY (session_no, seq)
);

CREATE UNIQUE INDEX belay_session_event_id ON belay_session_event (session_no, event_id)
  WHERE event_id IS NOT NULL;

CREATE INDEX belay_session_branch ON belay_session_event (session_no, seq)
  WHERE parent_seq <> seq - 1;

CREATE TABLE belay_session_receipt (
  session_no   BIGINT  NOT NULL,
  operation_id TEXT    COLLATE "C" NOT NULL,
  hash_format  INTEGER NOT NULL,
  hash         BYTEA   NOT NULL,
  revision     BIGINT  NOT NULL,
  at_ms        BIGINT  NOT NULL,
  first_seq    BIGINT  NOT NULL,
  last_seq     BIGINT  NOT NULL,
  enqueued     BYTEA,
  PRIMARY KEY (session_no, operation_id)
);

-- The numbers of grants and of work are given out in blocks. The value is the last block.
CREATE TABLE belay_counter (
  name  TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);

INSERT INTO belay_counter (name, value) VALUES ('block', 0);

-- A released lease keeps its row, without a holder, and so its token: a row that is made again could
-- repeat it.
CREATE TABLE belay_lease (
  name           TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
  holder         TEXT   NOT NULL,
  token          BIGINT NOT NULL,
  acquired_at_ms BIGINT NOT NULL,
  expires_at_ms  BIGINT NOT NULL
) WITH (fillfactor = 70);

CREATE INDEX belay_lease_expiry ON belay_lease (expires_at_ms);

-- The lock of a lane, and the token of its last grant. A purge deletes the rows of lanes without
-- unfinished work; the largest token of those that it deleted is in belay_counter.
CREATE TABLE belay_lane (
  queue TEXT   COLLATE "C" NOT NULL,
  lane  TEXT   COLLATE "C" NOT NULL,
  token BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (queue, lane)
) WITH (fillfactor = 70);

CREATE TABLE belay_work (
  id               BIGINT  PRIMARY KEY,
  queue            TEXT    COLLATE "C" NOT NULL,
  state            TEXT    COLLATE "C" NOT NULL,
  priority         INTEGER NOT NULL,
  lane             TEXT    COLLATE "C",
  line_pos         BIGINT,
  due_at_ms        BIGINT,
  expires_at_ms    BIGINT,
  token            BIGINT  NOT NULL DEFAULT 0,
  attempt          INTEGER NOT NULL DEFAULT 0,
  attempts_max     INTEGER NOT NULL,
  lapses           INTEGER NOT NULL DEFAULT 0,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  enqueued_at_ms   BIGINT  NOT NULL,
  claimed_at_ms    BIGINT,
  finished_at_ms   BIGINT,
  worker           TEXT,
  type             TEXT    NOT NULL,
  key              TEXT    COLLATE "C",
  key_life         TEXT    COLLATE "C",
  payload_bytes    BIGINT  NOT NULL,
  last_error       TEXT
) WITH (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

CREATE TABLE belay_work_payload (
  work_id BIGINT PRIMARY KEY REFERENCES belay_work (id) ON DELETE CASCADE,
  headers TEXT,
  payload TEXT NOT NULL
);

CREATE TABLE belay_work_result (
  work_id BIGINT PRIMARY KEY REFERENCES belay_work (id) ON DELETE CASCADE,
  result  TEXT NOT NULL
);

CREATE TABLE belay_queue (
  queue               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  retention_ms        BIGINT,
  buried_retention_ms BIGINT
);

CREATE UNIQUE INDEX belay_work_key ON belay_work (queue, key)
  WHERE key IS NOT NULL AND (key_life = 'WHILE_KEPT' OR finished_at_ms IS NULL);

CREATE INDEX belay_work_spent ON belay_work (queue, key, finished_at_ms, id)
  WHERE key_life = 'WHILE_OPEN' AND finished_at_ms IS NOT NULL;

CREATE INDEX belay_work_wish ON belay_work (queue, id)
  WHERE cancel_requested = 1 AND state = 'CLAIMED';

CREATE INDEX belay_work_ready ON belay_work (queue, priority DESC, id) WHERE state = 'READY';

CREATE INDEX belay_work_due ON belay_work (queue, due_at_ms, id) WHERE due_at_ms IS NOT NULL;

CREATE INDEX belay_work_lapse ON belay_work (queue, expires_at_ms, token, id)
  WHERE expires_at_ms IS NOT NULL;

CREATE UNIQUE INDEX belay_work_line ON belay_work (queue, lane, line_pos)
  WHERE line_pos IS NOT NULL;

CREATE INDEX belay_work_coming ON belay_work (queue, lane, due_at_ms, id)
  WHERE lane IS NOT NULL AND state = 'SCHEDULED';

CREATE INDEX belay_work_finished ON belay_work (queue, state, finished_at_ms, id)
  WHERE finished_at_ms IS NOT NULL;

CREATE INDEX belay_work_listed ON belay_work (queue, state, id)
  WHERE state <> 'READY' OR priority <> 0;

-- Work queues.
--
-- Times are epoch milliseconds. length() of a text counts code points, of a BLOB bytes; the limits
-- are those of dev.belay.store.TextRule; the limit of last_error is WorkQueue.ERROR_MAX.

-- One piece of work. Rows are small, because every change of state writes the whole row: payloads
-- and results have tables of their own.
--
-- Three columns say when work can be claimed. Each has a partial index, so that a claim reads no work
-- that it cannot have:
--   due_at_ms      when scheduled work or a retry is due
--   expires_at_ms  when the claim lapses
--   line_pos       the place in the line of the lane; only the first in line can be READY
CREATE TABLE belay_work (
  id               INTEGER PRIMARY KEY CHECK (id > 0),  -- never given again
  queue            TEXT    NOT NULL CHECK (length(queue) BETWEEN 1 AND 1000),
  state            TEXT    NOT NULL,
  priority         INTEGER NOT NULL CHECK (priority BETWEEN -2147483648 AND 2147483647),
  lane             TEXT    CHECK (length(lane) BETWEEN 1 AND 1000),
  line_pos         INTEGER CHECK (line_pos > 0),
  due_at_ms        INTEGER,
  expires_at_ms    INTEGER,
  token            INTEGER NOT NULL DEFAULT 0 CHECK (token BETWEEN 0 AND 4611686018427387903),
  attempt          INTEGER NOT NULL DEFAULT 0,          -- claims that were charged
  attempts_max     INTEGER NOT NULL CHECK (attempts_max BETWEEN 1 AND 2147483647),
  lapses           INTEGER NOT NULL DEFAULT 0 CHECK (lapses >= 0),
  cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  enqueued_at_ms   INTEGER NOT NULL,
  claimed_at_ms    INTEGER,                             -- of the last claim, as token and worker
  finished_at_ms   INTEGER,
  worker           TEXT    CHECK (length(worker) BETWEEN 1 AND 1000),
  type             TEXT    NOT NULL CHECK (length(type) <= 255),      -- '': none was given
  key              TEXT    CHECK (length(key) BETWEEN 1 AND 1000),
  key_life         TEXT    CHECK (key_life = 'WHILE_KEPT' OR key_life = 'WHILE_OPEN'),
  payload_bytes    INTEGER NOT NULL CHECK (payload_bytes BETWEEN 0 AND 67108864),
  last_error       TEXT    CHECK (length(last_error) <= 4000),
  CHECK (attempt BETWEEN 0 AND attempts_max),
  CHECK ((key IS NULL) = (key_life IS NULL)),
  -- One condition for each state, the most frequent first. One CASE, and no IN with three or more
  -- texts anywhere in this table: SQLite builds a table for such a list each time a statement runs,
  -- which was half of the cost of a piece of work.
  CHECK (CASE state
    WHEN 'READY'     THEN due_at_ms IS NULL AND expires_at_ms IS NULL AND finished_at_ms IS NULL
                      AND (line_pos IS NULL) = (lane IS NULL)
                      AND attempt < attempts_max AND cancel_requested = 0
    WHEN 'CLAIMED'   THEN due_at_ms IS NULL AND expires_at_ms IS NOT NULL AND finished_at_ms IS NULL
                      AND (line_pos IS NULL) = (lane IS NULL)
                      AND token > 0 AND worker IS NOT NULL AND claimed_at_ms IS NOT NULL
    WHEN 'DONE'      THEN due_at_ms IS NULL AND expires_at_ms IS NULL AND finished_at_ms IS NOT NULL
                      AND line_pos IS NULL
    -- WAITING without a due time waits for its lane; without both it would wait for ever
    WHEN 'WAITING'   THEN (due_at_ms IS NOT NULL OR lane IS NOT NULL)
                      AND expires_at_ms IS NULL AND finished_at_ms IS NULL
                      AND (line_pos IS NULL) = (lane IS NULL)
                      AND attempt < attempts_max AND cancel_requested = 0
    WHEN 'SCHEDULED' THEN due_at_ms IS NOT NULL AND expires_at_ms IS NULL AND finished_at_ms IS NULL
                      AND line_pos IS NULL
                      AND attempt < attempts_max AND cancel_requested = 0
    WHEN 'BURIED'    THEN due_at_ms IS NULL AND expires_at_ms IS NULL AND finished_at_ms IS NOT NULL
                      AND line_pos IS NULL
    WHEN 'CANCELLED' THEN due_at_ms IS NULL AND expires_at_ms IS NULL AND finished_at_ms IS NOT NULL
                      AND line_pos IS NULL
    ELSE FALSE END)
) STRICT;

-- Payloads, written once: the size of a payload does not matter to a claim. The headers are the
-- column before the payload, so that they are read without it.
CREATE TABLE belay_work_payload (
  work_id INTEGER PRIMARY KEY REFERENCES belay_work (id) ON DELETE CASCADE,
  headers TEXT    CHECK (length(CAST(headers AS BLOB)) BETWEEN 1 AND 16384),
  payload TEXT    NOT NULL CHECK (length(CAST(payload AS BLOB)) <= 67108864)
) STRICT;

-- Results, for work that was completed with one.
CREATE TABLE belay_work_result (
  work_id INTEGER PRIMARY KEY REFERENCES belay_work (id) ON DELETE CASCADE,
  result  TEXT    NOT NULL CHECK (length(CAST(result AS BLOB)) <= 67108864)
) STRICT;

-- How long a queue keeps finished work, where that was set; NULL is the default.
CREATE TABLE belay_queue (
  queue               TEXT    NOT NULL PRIMARY KEY CHECK (length(queue) BETWEEN 1 AND 1000),
  retention_ms        INTEGER CHECK (retention_ms > 0),
  buried_retention_ms INTEGER CHECK (buried_retention_ms > 0)
) STRICT, WITHOUT ROWID;

-- The largest id that was deleted while it was the largest of the table. So every id that was ever
-- used is at most the larger of this one and the largest of the table, and a new id is larger than
-- both. A counter of all ids would cost every enqueue one more page.
INSERT INTO belay_counter (name, value) VALUES ('work', 0);

CREATE TRIGGER belay_work_id_deleted AFTER DELETE ON belay_work
WHEN NOT EXISTS (SELECT 1 FROM belay_work WHERE id > OLD.id)
BEGIN
  UPDATE belay_counter SET value = OLD.id WHERE name = 'work' AND value < OLD.id;
END;

-- A key is unique in its queue while it counts: as long as the work is kept, or is open.
CREATE UNIQUE INDEX belay_work_key ON belay_work (queue, key)
  WHERE key IS NOT NULL AND (key_life = 'WHILE_KEPT' OR finished_at_ms IS NULL);

-- Keys that no longer count, to find the newest work that had one.
CREATE INDEX belay_work_spent ON belay_work (queue, key, finished_at_ms)
  WHERE key_life = 'WHILE_OPEN' AND finished_at_ms IS NOT NULL;

-- Claimed work with a request to cancel it. Nearly always empty.
CREATE INDEX belay_work_wish ON belay_work (queue)
  WHERE cancel_requested = 1 AND state = 'CLAIMED';

-- The order of claims. The id is the last column of every index, because SQLite appends the rowid.
-- Statements name the state as a literal: with a bound value SQLite uses no partial index.
CREATE INDEX belay_work_ready ON belay_work (queue, priority DESC) WHERE state = 'READY';

-- Scheduled work and retries, by when they are due.
CREATE INDEX belay_work_due ON belay_work (queue, due_at_ms) WHERE due_at_ms IS NOT NULL;

-- Claims, by when they lapse. The claims of one lane grant have one token and lapse together.
CREATE INDEX belay_work_lapse ON belay_work (queue, expires_at_ms, token)
  WHERE expires_at_ms IS NOT NULL;

-- The lines of the lanes.
CREATE UNIQUE INDEX belay_work_line ON belay_work (queue, lane, line_pos)
  WHERE line_pos IS NOT NULL;

-- Scheduled work of a lane, to let what was due earlier join the line first.
CREATE INDEX belay_work_coming ON belay_work (queue, lane, due_at_ms)
  WHERE lane IS NOT NULL AND state = 'SCHEDULED';

-- Finished work for a purge, by state: dead letters have a retention of their own.
CREATE INDEX belay_work_finished ON belay_work (queue, state, finished_at_ms)
  WHERE finished_at_ms IS NOT NULL;

-- For listing and counting: a page reads only the rows that it returns. READY work of priority 0,
-- which nearly all work is once, is listed by belay_work_ready.
CREATE INDEX belay_work_listed ON belay_work (queue, state)
  WHERE state <> 'READY' OR priority <> 0;

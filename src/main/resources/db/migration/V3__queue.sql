-- Work queues.
--
-- Times are epoch milliseconds. length() of a text counts code points, of a BLOB bytes; the limits
-- are those of dev.belay.store.TextRule, but for the error's, which is Settling.ERROR_MAX.

-- One piece of work. Rows are small, because every step of the work writes its row anew: payloads
-- and results stand beside it.
--
-- Three columns say when and where the work can be claimed, and each has an index that holds only
-- the rows it is about. So a claim never walks past work that it cannot have:
--   due_at_ms      when somebody must look at work that waits for its time: scheduled or retried
--   expires_at_ms  when a claim lapses
--   line_pos       the place in the lane's line; only the first in line is ever READY
CREATE TABLE belay_work (
  id               INTEGER PRIMARY KEY CHECK (id > 0),  -- from the counter 'work'
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
  spent_key        TEXT    CHECK (length(spent_key) BETWEEN 1 AND 1000),
  last_error       TEXT    CHECK (length(last_error) <= 4000),
  CHECK (attempt BETWEEN 0 AND attempts_max),
  -- A key that counts while the work is open is moved aside by whatever finishes the work.
  CHECK (CASE key_life
    WHEN 'WHILE_KEPT' THEN key IS NOT NULL AND spent_key IS NULL
    WHEN 'WHILE_OPEN' THEN (key IS NULL) = (finished_at_ms IS NOT NULL)
                       AND (spent_key IS NULL) = (key IS NOT NULL)
    ELSE key IS NULL AND spent_key IS NULL END),
  -- State by state, the commonest first. One CASE, and nowhere in this table an IN of three or more
  -- texts: SQLite builds a table of such a list each time a statement runs, and that was half of what
  -- the work of a queue cost.
  CHECK (CASE state
    WHEN 'READY'     THEN due_at_ms IS NULL AND expires_at_ms IS NULL AND finished_at_ms IS NULL
                      AND (line_pos IS NULL) = (lane IS NULL)
                      AND attempt < attempts_max AND cancel_requested = 0
    WHEN 'CLAIMED'   THEN due_at_ms IS NULL AND expires_at_ms IS NOT NULL AND finished_at_ms IS NULL
                      AND (line_pos IS NULL) = (lane IS NULL)
                      AND token > 0 AND worker IS NOT NULL AND claimed_at_ms IS NOT NULL
    WHEN 'DONE'      THEN due_at_ms IS NULL AND expires_at_ms IS NULL AND finished_at_ms IS NOT NULL
                      AND line_pos IS NULL
    -- WAITING without a due time waits for its lane; anything else would wait for ever
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

-- What is to be done, written once: a claim writes as little behind a payload of 1 MB as of 1 B.
-- The headers stand before the payload, so that they are read without it.
CREATE TABLE belay_work_payload (
  work_id INTEGER PRIMARY KEY REFERENCES belay_work (id) ON DELETE CASCADE,
  headers TEXT    CHECK (length(CAST(headers AS BLOB)) BETWEEN 1 AND 16384),
  payload TEXT    NOT NULL CHECK (length(CAST(payload AS BLOB)) <= 67108864)
) STRICT;

-- What came of it, if its worker said so.
CREATE TABLE belay_work_result (
  work_id INTEGER PRIMARY KEY REFERENCES belay_work (id) ON DELETE CASCADE,
  result  TEXT    NOT NULL CHECK (length(CAST(result AS BLOB)) <= 67108864)
) STRICT;

-- How long a queue keeps finished work, if somebody said so; null: the default.
CREATE TABLE belay_queue (
  queue               TEXT    NOT NULL PRIMARY KEY CHECK (length(queue) BETWEEN 1 AND 1000),
  retention_ms        INTEGER CHECK (retention_ms > 0),
  buried_retention_ms INTEGER CHECK (buried_retention_ms > 0)
) STRICT, WITHOUT ROWID;

-- Where ids of work come from: never given again, also after a purge.
INSERT INTO belay_counter (name, value) VALUES ('work', 0);

-- Makes a key unique in its queue, for as long as it counts.
CREATE UNIQUE INDEX belay_work_key ON belay_work (queue, key) WHERE key IS NOT NULL;

-- Keys that count no more, so that the newest work that had one is found.
CREATE INDEX belay_work_spent ON belay_work (queue, spent_key, finished_at_ms, id)
  WHERE spent_key IS NOT NULL;

-- Claimed work that somebody wishes to be cancelled. Nearly always empty.
CREATE INDEX belay_work_wish ON belay_work (queue, id)
  WHERE cancel_requested = 1 AND state = 'CLAIMED';

-- The order of claims. State by state the conditions are literals in the statements too: a bound
-- state would use no partial index.
CREATE INDEX belay_work_ready ON belay_work (queue, priority DESC, id) WHERE state = 'READY';

-- Work whose time has come: scheduled work, and retries.
CREATE INDEX belay_work_due ON belay_work (queue, due_at_ms, id) WHERE due_at_ms IS NOT NULL;

-- Claims that have lapsed, or will. Those of a lane grant stand side by side and end together.
CREATE INDEX belay_work_lapse ON belay_work (queue, expires_at_ms, token, id)
  WHERE expires_at_ms IS NOT NULL;

-- The lines of the lanes.
CREATE UNIQUE INDEX belay_work_line ON belay_work (queue, lane, line_pos)
  WHERE line_pos IS NOT NULL;

-- Scheduled work that will join a line, so that who joins later finds who was due before.
CREATE INDEX belay_work_coming ON belay_work (queue, lane, due_at_ms, id)
  WHERE state = 'SCHEDULED' AND lane IS NOT NULL;

-- What a purge walks. Each state has its own, because dead letters are kept for a time of their own,
-- and because only a condition with = lets an index answer without the row.
CREATE INDEX belay_work_done ON belay_work (queue, finished_at_ms, id) WHERE state = 'DONE';
CREATE INDEX belay_work_cancelled ON belay_work (queue, finished_at_ms, id)
  WHERE state = 'CANCELLED';
CREATE INDEX belay_work_buried ON belay_work (queue, finished_at_ms, id) WHERE state = 'BURIED';

-- For listing and counting. It costs every step of the work two entries; what is gained is that a page
-- of any state walks what it shows and nothing else.
CREATE INDEX belay_work_state ON belay_work (queue, state, id);

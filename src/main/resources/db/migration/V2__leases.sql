-- The token counter, and leases.
--
-- Times are epoch milliseconds. length() counts code points; the limits are those of
-- dev.belay.store.TextRule. Tokens end at 2^62 - 1, so that no sum of one and 1 ever overflows.

-- The last token that was granted, to a lease or a claim: one space for the whole store.
CREATE TABLE belay_counter (
  name  TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 255),
  value INTEGER NOT NULL CHECK (value BETWEEN 0 AND 4611686018427387903)
) STRICT, WITHOUT ROWID;

INSERT INTO belay_counter (name, value) VALUES ('token', 0);

-- Who holds what. A row outlives its lease until it is released, taken over, or long lapsed, so that
-- whoever takes over learns from whom.
CREATE TABLE belay_lease (
  name           TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 1000),
  holder         TEXT    NOT NULL CHECK (length(holder) BETWEEN 1 AND 1000),
  token          INTEGER NOT NULL CHECK (token BETWEEN 1 AND 4611686018427387903),
  acquired_at_ms INTEGER NOT NULL,
  expires_at_ms  INTEGER NOT NULL               -- before acquired_at_ms if the clock was set back
) STRICT, WITHOUT ROWID;

-- Finds what has lapsed long ago without walking what is live.
CREATE INDEX belay_lease_expiry ON belay_lease (expires_at_ms);

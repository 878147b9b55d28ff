-- The counter of tokens, and leases.
--
-- Times are epoch milliseconds. length() counts code points; the limits are those of
-- dev.belay.store.TextRule. Tokens end at 2^62 - 1, so that adding to one never overflows.

-- Counters. 'token' is the last fencing token of the store, of leases and claims alike.
CREATE TABLE belay_counter (
  name  TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 255),
  value INTEGER NOT NULL CHECK (value BETWEEN 0 AND 4611686018427387903)
) STRICT, WITHOUT ROWID;

INSERT INTO belay_counter (name, value) VALUES ('token', 0);

-- Leases. The row of an expired lease stays until the name is acquired again, so that the new holder
-- learns the previous one, or until it is old.
CREATE TABLE belay_lease (
  name           TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 1000),
  holder         TEXT    NOT NULL CHECK (length(holder) BETWEEN 1 AND 1000),
  token          INTEGER NOT NULL CHECK (token BETWEEN 1 AND 4611686018427387903),
  acquired_at_ms INTEGER NOT NULL,
  expires_at_ms  INTEGER NOT NULL               -- before acquired_at_ms if the clock was set back
) STRICT, WITHOUT ROWID;

-- Finds leases that expired long ago.
CREATE INDEX belay_lease_expiry ON belay_lease (expires_at_ms);

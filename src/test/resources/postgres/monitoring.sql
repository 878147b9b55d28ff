-- snippet: monitoring
-- The oldest transactions: vacuum waits for them.
SELECT pid, application_name, state, now() - xact_start AS age FROM pg_stat_activity
WHERE  backend_xmin IS NOT NULL ORDER BY xact_start LIMIT 5;
-- Which session waits for which.
SELECT pid, pg_blocking_pids(pid), left(query, 80) FROM pg_stat_activity
WHERE  cardinality(pg_blocking_pids(pid)) > 0;
-- Dead rows of Belay's tables, and the last vacuum.
SELECT relname, n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables
WHERE  relname LIKE 'belay\_%' ORDER BY n_dead_tup DESC;
-- Backlog of each queue.
SELECT queue, state, count(*), min(enqueued_at_ms) FROM belay_work
WHERE  finished_at_ms IS NULL GROUP BY queue, state;
-- end: monitoring

-- snippet: grants
GRANT USAGE ON SCHEMA belay TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA belay TO app;
-- end: grants

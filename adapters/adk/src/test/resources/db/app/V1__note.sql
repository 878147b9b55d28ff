CREATE TABLE note (
  session TEXT NOT NULL,
  text    TEXT NOT NULL
);

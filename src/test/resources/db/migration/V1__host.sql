-- A host's own migration, where hosts keep them and every Flyway looks: Belay's must not mind it.
CREATE TABLE host_note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;

package dev.belay.sqlite;

import dev.belay.store.Durability;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/**
 * How a store is to be opened, checked and complete. Immutable, safe for use by many threads.
 *
 * @param busyTimeoutMs how long to wait for other processes, in milliseconds, from 0
 * @param commitGroupMax how many bodies may share a commit, from 1
 * @param connection prepares each connection on which bodies run, once it is open
 * @param readers how many bodies may read at once, from 1
 * @param sharedNames whether a file that has a second name is opened all the same
 */
public record OpenSettings(
    int busyTimeoutMs,
    Durability durability,
    InstantSource clock,
    int commitGroupMax,
    List<String> appMigrations,
    Consumer<Jdbi> jdbi,
    Consumer<Connection> connection,
    int readers,
    boolean ownerOnlyFiles,
    boolean sharedNames) {}

package dev.belay.engine;

/**
 * What an engine knows about its database. Immutable, safe for use by many threads.
 *
 * @param name the name of the database
 * @param version its version
 * @param location the file, or the database with the schema, without a password
 * @param schemaVersion the version of Belay's schema in the store
 * @param bytes the size of the store
 * @param walBytes the size of the write-ahead log of the store; 0 if it has none of its own
 */
public record EngineFacts(
    String name,
    String version,
    String location,
    String schemaVersion,
    long bytes,
    long walBytes) {}

package dev.belay.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The state of a file as seen from outside. Immutable, safe for use by many threads.
 *
 * @param sha256 the hash of its bytes, in hexadecimal
 */
public record FileState(long size, FileTime modified, String sha256) {
  /**
   * Returns the present state of {@code file}, to which this process must have no open connection.
   */
  public static FileState of(Path file) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return new FileState(
          Files.size(file), Files.getLastModifiedTime(file), new BigInteger(1, hash).toString(16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

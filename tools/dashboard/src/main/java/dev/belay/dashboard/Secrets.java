package dev.belay.dashboard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** Random secrets and their comparison. Stateless, safe for use by many threads. */
final class Secrets {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  /** Returns 256 random bits. */
  static byte[] bytes() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** Returns 256 random bits as text for links and cookies. */
  static String text() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
  }

  /** Compares in a time that does not depend on where the texts differ. */
  static boolean areEqual(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}

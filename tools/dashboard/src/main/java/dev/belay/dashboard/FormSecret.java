package dev.belay.dashboard;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret behind the field that every form carries, so that no other site can send the form.
 * Immutable, safe for use by many threads.
 */
final class FormSecret {
  private static final String HMAC = "HmacSHA256";

  private final SecretKeySpec key = new SecretKeySpec(Secrets.bytes(), HMAC);

  /** Returns the field for the forms of one user. */
  String fieldFor(String user) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(user.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + HMAC, e);
    }
  }

  boolean isFieldOf(String user, String field) {
    return Secrets.areEqual(fieldFor(user), field);
  }
}

package dev.belay.spring.boot;

import dev.belay.store.StoreException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says how to replace a library that Belay refuses, because Spring Boot manages the versions of
 * some. Stateless, safe for use by many threads.
 */
final class LibraryFailureAnalyzer extends AbstractFailureAnalyzer<StoreException> {
  private static final Pattern TOO_OLD =
      Pattern.compile("(\\S+:\\S+) (\\S+) on the class path is too old; (\\S+) or newer is needed");

  private static final Map<String, String> MANAGED_BY =
      Map.of(
          "org.xerial:sqlite-jdbc", "sqlite-jdbc.version",
          "org.flywaydb:flyway-core", "flyway.version");

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, StoreException cause) {
    Matcher refused = TOO_OLD.matcher(String.valueOf(cause.getMessage()));
    if (!refused.matches()) {
      return null;
    }
    String library = refused.group(1);
    String property = MANAGED_BY.get(library);
    return new FailureAnalysis(
        "Belay cannot open its store with " + library + " " + refused.group(2) + ".",
        property == null
            ? "Use " + library + " " + refused.group(3) + " or newer."
            : "Spring Boot manages this version. Set the property "
                + property
                + " to "
                + refused.group(3)
                + " or newer: in the <properties> of the POM, or in Gradle by ext['"
                + property
                + "'].",
        cause);
  }
}

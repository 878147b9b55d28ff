package dev.belay.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the command line in this process. Immutable, safe for use by many threads. */
record Cli(List<String> before, String input, boolean isTerminal, Map<String, String> environment) {
  /** A command line whose output is piped. */
  static Cli of(String... before) {
    return new Cli(List.of(before), "", false, Map.of());
  }

  Cli withInput(String text) {
    return new Cli(before, text, isTerminal, environment);
  }

  Cli onTerminal(String answer) {
    return new Cli(before, answer, true, environment);
  }

  Cli with(String variable, String value) {
    return new Cli(before, input, isTerminal, Map.of(variable, value));
  }

  Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            isTerminal,
            environment);
    int exit =
        Main.run(terminal, Stream.concat(before.stream(), Stream.of(args)).toArray(String[]::new));
    return new Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /**
   * What a command wrote. Immutable, safe for use by many threads.
   *
   * @param exit its exit code
   * @param out its standard output
   * @param err its standard error
   */
  record Result(int exit, String out, String err) {
    /** Its lines of JSON. */
    List<Map<String, Object>> json() {
      List<Map<String, Object>> lines = new ArrayList<>();
      for (String line : out.lines().toList()) {
        lines.add(object(line));
      }
      return lines;
    }

    private static Map<String, Object> object(String line) {
      Map<String, Object> object = new LinkedHashMap<>();
      try (JsonParser parser = Json.FACTORY.createParser(line)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw new AssertionError("no object: " + line);
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          object.put(
              name,
              switch (parser.nextToken()) {
                case VALUE_NULL -> null;
                case VALUE_NUMBER_INT -> parser.getLongValue();
                case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
                case VALUE_STRING -> parser.getText();
                default -> throw new AssertionError(line);
              });
        }
        if (parser.nextToken() != null) {
          throw new AssertionError("more than an object: " + line);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return object;
    }
  }
}

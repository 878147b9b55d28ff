package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * What all commands have.
 *
 * <p>Goal: each bad call is one sentence on standard error and its exit code; none changes
 * anything. Method: every command of the parser's own model, with what each needs.
 */
class CommandLineTest {
  @TempDir private Path folder;

  static Stream<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    collect(Main.commandLine(Terminal.ofProcess()), List.of(), all);
    return all.stream();
  }

  private static void collect(CommandLine command, List<String> path, List<List<String>> all) {
    command
        .getSubcommands()
        .forEach(
            (name, below) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              all.add(longer);
              collect(below, longer, all);
            });
  }

  /** The commands that open a store, each with what it needs. */
  static Stream<List<String>> onStore() {
    return Stream.of(
            "info",
            "backup copy.db",
            "check",
            "queues",
            "stats",
            "dashboard",
            "migrate --dry-run",
            "migrate --sql",
            "sessions ls",
            "sessions show id",
            "sessions tail id",
            "sessions export id",
            "sessions import",
            "sessions rm id --yes",
            "leases ls",
            "leases show name",
            "leases release name --yes",
            "work ls",
            "work show 1",
            "work retry 1",
            "work cancel 1",
            "work purge 1")
        .map(line -> List.of(line.split(" ")));
  }

  static Stream<List<String>> writing() {
    List<String> verbs = List.of("migrate", "import", "rm", "release", "retry", "cancel", "purge");
    return onStore().filter(command -> command.stream().anyMatch(verbs::contains));
  }

  private static Cli.Result run(Cli cli, List<String> command, String... more) {
    return cli.run(Stream.concat(command.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private static void isOneSentence(Cli.Result result, int exit) {
    assertThat(result.exit()).as(result.err()).isEqualTo(exit);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("belay: ").doesNotContain("\tat ", "Exception in");
    assertThat(result.err().lines().filter(line -> !line.startsWith("see '"))).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_has_help(List<String> command) {
    Cli.Result help = run(Cli.of(), command, "--help");
    assertThat(help.exit()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out())
        .startsWith("Usage: belay " + String.join(" ", command))
        .contains("--file", "--json");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_refuses_an_option_that_it_does_not_have(List<String> command) {
    Cli.Result wrong = run(Cli.of(), command, "--nonsense");
    isOneSentence(wrong, Exit.USAGE);
    assertThat(wrong.err()).contains("see 'belay " + String.join(" ", command) + " --help'");
  }

  @Test
  void without_a_command_it_says_which_there_are() {
    isOneSentence(Cli.of().run(), Exit.USAGE);
    isOneSentence(Cli.of().run("work"), Exit.USAGE);
    isOneSentence(Cli.of().run("nonsense"), Exit.USAGE);
    assertThat(Cli.of().run("--version").out()).startsWith("belay ");
  }

  @ParameterizedTest
  @MethodSource("onStore")
  void every_command_on_a_store_wants_one(List<String> command) {
    isOneSentence(run(Cli.of(), command), Exit.USAGE);
    isOneSentence(
        run(Cli.of("-f", "x", "--url", "jdbc:postgresql://localhost/x"), command), Exit.USAGE);
  }

  @ParameterizedTest
  @MethodSource("onStore")
  void a_file_that_is_not_there_is_not_made(List<String> command) {
    Path absent = folder.resolve("absent.db");
    isOneSentence(run(Cli.of("-f", absent.toString()), command), Exit.REFUSED);
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @MethodSource("onStore")
  void what_is_no_store_stays_as_it_is(List<String> command) throws IOException {
    Path text = Files.writeString(folder.resolve("text.db"), "no database, ".repeat(1_000));
    isOneSentence(run(Cli.of("-f", text.toString()), command), Exit.FAILED);
    assertThat(text).hasContent("no database, ".repeat(1_000));
    isOneSentence(run(Cli.of("-f", folder.toString()), command), Exit.FAILED);
  }

  /** Adds a migration that this Belay does not know. */
  static void makeNewer(Engine.Place place) {
    place.execute(
        "INSERT INTO belay_schema_history"
            + " SELECT 99, '999', 'newer', type, 'V999__newer.sql', checksum, installed_by,"
            + " installed_on, execution_time, success"
            + " FROM belay_schema_history WHERE version = '1'");
  }

  @ParameterizedTest
  @MethodSource("writing")
  void a_newer_store_is_not_written(List<String> command) {
    Engine.Place place = Engine.FILE.sample(folder);
    makeNewer(place);
    Cli.Result newer = run(place.cli(), command);
    isOneSentence(newer, Exit.FAILED);
    assertThat(newer.err()).contains("999");
  }

  @ParameterizedTest
  @MethodSource("onStore")
  void a_server_without_a_store_gets_none(List<String> command) {
    Engine.Place place = Engine.SERVER.place(folder);
    Cli.Result absent = run(place.cli(), command);
    if (command.get(0).equals("migrate")) {
      assertThat(absent.exit()).isZero();
    } else {
      boolean isOfFiles = command.get(0).equals("backup");
      isOneSentence(absent, isOfFiles ? Exit.REFUSED : Exit.FAILED);
    }
    assertThat(place.cli().run("migrate", "--dry-run", "--json").json()).hasSize(1);
  }

  @Test
  void a_server_that_does_not_answer_is_a_failure_without_the_password() {
    Cli.Result refused =
        Cli.of("--url", "jdbc:postgresql://127.0.0.1:1/x?user=u&password=secret").run("info");
    isOneSentence(refused, Exit.FAILED);
    assertThat(refused.err()).doesNotContain("secret");
    isOneSentence(Cli.of("--url", "jdbc:mysql://host/secret").run("info"), Exit.USAGE);
  }

  @Test
  void a_file_only_command_refuses_a_server_by_name() {
    Engine.Place place = Engine.SERVER.store(folder);
    for (String command : List.of("backup", "restore")) {
      Cli.Result refused = place.cli().run(command, folder.resolve("x").toString());
      isOneSentence(refused, Exit.REFUSED);
      assertThat(refused.err()).contains("belay " + command, "PostgreSQL");
    }
  }

  @Test
  void the_store_may_be_named_by_the_environment_or_behind_the_command() {
    Path file = Engine.FILE.sample(folder).file();
    assertThat(Cli.of().with("BELAY_FILE", file.toString()).run("info").exit()).isZero();
    assertThat(Cli.of().run("sessions", "ls", "-f", file.toString()).exit()).isZero();
    assertThat(Engine.SERVER.sample(folder).cli().with("BELAY_FILE", "absent").run("info").exit())
        .isZero();
    assertThat(Cli.of("-f", file.toString()).with("BELAY_FILE", "absent").run("info").exit())
        .isZero();
  }

  @ParameterizedTest
  @EnumSource
  void a_store_that_a_writer_holds_can_be_looked_at(Engine engine) {
    Engine.Place place = engine.sample(folder);
    try (Belay belay = place.open()) {
      belay.useWrite(
          tx -> {
            boolean unused = belay.sessions().delete(tx, "branched");
            assertThat(place.cli().run("sessions", "ls", "--json").json()).hasSize(2);
            assertThat(place.cli().run("check").exit()).isZero();
            assertThat(place.cli().run("stats").exit()).isZero();
          });
    }
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void a_bad_value_is_a_wrong_command_line(List<String> command) {
    isOneSentence(run(Engine.FILE.store(folder).cli(), command), Exit.USAGE);
  }

  static Stream<List<String>> badValues() {
    return Stream.of(
            "work ls --state nonsense",
            "work ls --older-than soon",
            "work ls --older-than 7",
            "work show one",
            "work show 1 2",
            "work show 99999999999999999999",
            "sessions ls --limit many",
            "sessions ls --limit -1",
            "work ls --limit -1",
            "stats --watch --times -1",
            "dashboard --port -1",
            "dashboard --port http",
            "sessions show",
            "sessions show id -n 0",
            "sessions tail id -n -1",
            "sessions export",
            "sessions export id --all",
            "sessions rm --yes",
            "leases show",
            "leases release name --token t --yes",
            "migrate --sql --dry-run",
            "stats --every 1x",
            "backup",
            "restore")
        .map(line -> List.of(line.split(" ")));
  }

  @Test
  void an_id_that_cannot_exist_is_a_wrong_command_line() {
    Cli cli = Engine.FILE.store(folder).cli();
    isOneSentence(cli.run("sessions", "show", "x".repeat(1_001)), Exit.USAGE);
    isOneSentence(cli.run("work", "ls", "--queue", ""), Exit.USAGE);
  }

  @Test
  void completion_is_a_script_with_all_commands() {
    Cli.Result script = Cli.of().run("completion");
    assertThat(script.exit()).isZero();
    assertThat(script.out()).startsWith("#!/usr/bin/env bash").contains("--older-than", "release");
  }
}

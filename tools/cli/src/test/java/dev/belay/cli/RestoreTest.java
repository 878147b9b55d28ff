package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionLine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Backup and restore.
 *
 * <p>Goal: killed at any instant a restore leaves the old or the new store, whole; it never runs
 * beside a process that has the store open. Method: child processes that die after each step, and
 * that hold the store in each way.
 */
class RestoreTest {
  @TempDir private Path folder;

  private Engine.Place storeWith(String session) {
    Engine.Place place = Engine.FILE.store(folder);
    commit(place, session);
    return place;
  }

  private static void commit(Engine.Place place, String session) {
    try (Belay belay = place.open()) {
      Committed unused = belay.sessions().commit(SessionCommit.to(session, 0)).orThrow();
    }
  }

  private static List<String> sessions(Path file) {
    try (Belay belay = Belay.open(file)) {
      assertThat(belay.check()).isEmpty();
      return belay.sessions().list(null, 10).stream().map(SessionLine::id).toList();
    }
  }

  private Path backup(Engine.Place place) {
    Path to = folder.resolve("backup.db");
    assertThat(place.cli().run("backup", to.toString()))
        .isEqualTo(new Cli.Result(0, "copied to " + to + "\n", ""));
    return to;
  }

  private static Cli.Result restore(Engine.Place place, Path from) {
    return place.cli().run("restore", from.toString(), "--yes");
  }

  @Test
  void a_backup_comes_back() throws IOException {
    Engine.Place place = storeWith("old");
    Path backup = backup(place);
    byte[] bytes = Files.readAllBytes(backup);
    commit(place, "lost");
    assertThat(restore(place, backup))
        .isEqualTo(new Cli.Result(0, "restored " + place.file() + "\n", ""));
    assertThat(sessions(place.file())).containsExactly("old");
    assertThat(Files.readAllBytes(backup)).isEqualTo(bytes);
    assertThat(restore(Engine.FILE.place(folder), backup).exit()).isZero();
    isClean();
  }

  /** No draft is left. */
  private void isClean() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("."));
    }
  }

  @Test
  void a_restore_over_a_store_asks() {
    Engine.Place place = storeWith("old");
    Path backup = backup(place);
    assertThat(place.cli().run("restore", backup.toString()).exit()).isEqualTo(Exit.USAGE);
    assertThat(place.cli().onTerminal("n\n").run("restore", backup.toString()).exit())
        .isEqualTo(Exit.REFUSED);
    assertThat(place.cli().onTerminal("y\n").run("restore", backup.toString()).exit()).isZero();
    assertThat(Engine.FILE.place(folder).cli().run("restore", backup.toString()).exit()).isZero();
  }

  @Test
  void the_mode_of_the_file_is_kept() throws IOException {
    Engine.Place place = storeWith("old");
    Path backup = backup(place);
    Files.setPosixFilePermissions(place.file(), PosixFilePermissions.fromString("rw-rw----"));
    assertThat(restore(place, backup).exit()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.file())))
        .isEqualTo("rw-rw----");
    Engine.Place other = Engine.FILE.place(folder);
    assertThat(restore(other, backup).exit()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(other.file())))
        .isEqualTo("rw-------");
  }

  @Test
  void commits_that_are_only_in_the_log_survive_a_refused_restore() throws Exception {
    Engine.Place place = storeWith("old");
    Path damaged = backup(place);
    try (FileChannel file = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 4096);
    }
    Process writer = Child.start(OpenedStore.class, place.value(), "write");
    Child.awaitLine(writer, "open");
    commit(place, "in the log");
    writer.destroyForcibly(); // SIGKILL: the log stays
    int unused = Child.exitOf(writer);
    assertThat(restore(place, damaged).exit()).isEqualTo(Exit.REFUSED);
    assertThat(sessions(place.file())).containsExactly("in the log", "old");
  }

  @ParameterizedTest
  @ValueSource(strings = {"write", "read", "driver"})
  void a_store_that_a_process_has_open_is_refused(String how) throws Exception {
    Engine.Place place = storeWith("old");
    Path backup = backup(place);
    commit(place, "newer");
    Process holder = Child.start(OpenedStore.class, place.value(), how);
    try {
      Child.awaitLine(holder, "open");
      Cli.Result refused = restore(place, backup);
      assertThat(refused.exit()).isEqualTo(Exit.REFUSED);
      assertThat(refused.err()).contains("is open in another process");
      assertThat(holder.isAlive()).isTrue();
    } finally {
      holder.getOutputStream().close();
    }
    assertThat(Child.exitOf(holder)).isZero();
    assertThat(sessions(place.file())).containsExactly("newer", "old");
    assertThat(restore(place, backup).exit()).isZero();
    assertThat(sessions(place.file())).containsExactly("old");
  }

  @Test
  void a_store_that_this_process_has_open_is_refused() {
    Engine.Place place = storeWith("old");
    Path backup = backup(place);
    try (Belay belay = place.open()) {
      assertThat(restore(place, backup).exit()).isEqualTo(Exit.REFUSED);
      assertThat(belay.sessions().list(null, 10)).hasSize(1);
      Committed unused = belay.sessions().commit(SessionCommit.to("more", 0)).orThrow();
    }
    assertThat(sessions(place.file())).containsExactly("more", "old");
  }

  @ParameterizedTest
  @EnumSource
  void killed_after_any_step_the_old_or_the_new_store_is_there(Restore.Step step) throws Exception {
    Engine.Place place = storeWith("new");
    Path backup = backup(place);
    commit(place, "old");
    Process writer = Child.start(OpenedStore.class, place.value(), "write");
    Child.awaitLine(writer, "open");
    commit(place, "in the log");
    writer.destroyForcibly();
    int unused = Child.exitOf(writer);
    assertThat(Files.size(Path.of(place.value() + "-wal"))).isPositive();

    Process killed =
        Child.start(KilledRestore.class, backup.toString(), place.value(), step.name());
    assertThat(Child.exitOf(killed))
        .as(new String(killed.getErrorStream().readAllBytes()))
        .isEqualTo(KilledRestore.KILLED);

    Path copy = folder.resolve("copy.db"); // the first that opens it recovers it
    for (String part : List.of("", "-wal", "-shm", "-journal")) {
      if (Files.exists(Path.of(place.value() + part))) {
        Files.copy(Path.of(place.value() + part), Path.of(copy + part));
      }
    }
    List<String> expected =
        step.compareTo(Restore.Step.RENAMED) < 0
            ? List.of("in the log", "new", "old")
            : List.of("new");
    assertThat(sessions(copy)).isEqualTo(expected);
    assertThat(restore(place, backup).exit()).isZero();
    assertThat(sessions(place.file())).containsExactly("new");
    isClean();
  }

  @ParameterizedTest
  @EnumSource
  void killed_where_no_store_was_there_is_none_or_the_new_one(Restore.Step step) throws Exception {
    Path backup = backup(storeWith("new"));
    Engine.Place place = Engine.FILE.place(folder);
    Process killed =
        Child.start(KilledRestore.class, backup.toString(), place.value(), step.name());
    assertThat(Child.exitOf(killed)).isEqualTo(KilledRestore.KILLED);
    if (step.compareTo(Restore.Step.RENAMED) < 0) {
      assertThat(place.cli().run("info").err()).contains("is not a store of Belay");
    } else {
      assertThat(place.cli().run("sessions", "ls", "--json").json()).hasSize(1);
    }
    assertThat(restore(place, backup).exit()).isZero();
    assertThat(sessions(place.file())).containsExactly("new");
    isClean();
  }

  @Test
  void what_is_no_sound_backup_is_refused_and_changes_nothing() throws IOException {
    Engine.Place place = storeWith("old");
    Engine.Place absent = Engine.FILE.place(folder);
    Path text = Files.writeString(folder.resolve("text.db"), "no database ".repeat(1_000));
    Path empty = Files.createFile(folder.resolve("empty.db"));
    Path damaged = backup(storeWith("x"));
    try (FileChannel file = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
    for (Path from :
        List.of(text, empty, damaged, folder, folder.resolve("absent"), place.file())) {
      for (Engine.Place to : List.of(place, absent)) {
        if (!(from.equals(place.file()) && to == absent)) {
          Cli.Result refused = restore(to, from);
          assertThat(refused.exit()).as(from + ": " + refused.err()).isEqualTo(Exit.REFUSED);
          assertThat(refused.err().lines()).singleElement().asString().startsWith("belay: ");
        }
      }
    }
    assertThat(sessions(place.file())).containsExactly("old");
    assertThat(absent.file()).doesNotExist();
    isClean();
  }

  @Test
  void a_store_in_use_is_no_backup() {
    Engine.Place place = storeWith("old");
    try (Belay belay = place.open()) {
      Committed unused = belay.sessions().commit(SessionCommit.to("in the log", 0)).orThrow();
      Cli.Result refused = restore(Engine.FILE.place(folder), place.file());
      assertThat(refused.exit()).isEqualTo(Exit.REFUSED);
      assertThat(refused.err()).contains("-wal");
    }
  }

  @Test
  void a_damaged_store_is_kept_until_someone_moves_it() throws IOException {
    Path backup = backup(storeWith("new"));
    Path text = Files.writeString(folder.resolve("text.db"), "no database ".repeat(1_000));
    Cli.Result refused = restore(new Engine.Place("-f", text.toString()), backup);
    assertThat(refused.exit()).isEqualTo(Exit.REFUSED);
    assertThat(refused.err()).contains("move it");
    assertThat(text).hasContent("no database ".repeat(1_000));
  }

  @Test
  void a_backup_never_replaces_a_file() throws IOException {
    Engine.Place place = storeWith("old");
    Path there = Files.writeString(folder.resolve("there"), "text");
    Cli.Result refused = place.cli().run("backup", there.toString());
    assertThat(refused.exit()).isEqualTo(Exit.FAILED);
    assertThat(there).hasContent("text");
  }

  @Test
  void progress_is_for_terminals() {
    Engine.Place place = storeWith("old");
    Cli.Result seen =
        place.cli().onTerminal("").run("backup", folder.resolve("seen.db").toString());
    assertThat(seen.exit()).isZero();
    assertThat(seen.err()).contains("backup", "100%");
  }
}

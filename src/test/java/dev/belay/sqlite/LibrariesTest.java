package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.ClassPath;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: libraries of a host that Belay cannot work with are refused by name, before there is a
 * file; the oldest that are let in work. Method: a JVM of its own for each class path.
 */
class LibrariesTest {
  private static final String SERVICES = "META-INF/services/org.flywaydb.core.extensibility.Plugin";

  @TempDir Path dir;
  private String location;

  @BeforeEach
  void addMigration() throws Exception {
    Files.createDirectories(dir.resolve("app"));
    Files.writeString(dir.resolve("app/V1__a.sql"), "CREATE TABLE app (x)");
    location = "filesystem:" + dir.resolve("app");
  }

  @Test
  void the_least_versions_work() {
    ClassPath least =
        ClassPath.ofThisJvm()
            .without("flyway-database-postgresql") // which a host of a file does not have
            .without("flyway-database-cockroachdb")
            .with("jdbi3-core", Libraries.JDBI_MIN)
            .with("jdbi3-sqlobject", Libraries.JDBI_MIN)
            .with("flyway-core", Libraries.FLYWAY_MIN)
            .with("sqlite-jdbc", Libraries.SQLITE_MIN + ".0");

    assertThat(opened(least, "-", "-", location)).containsExactly("ok", "ok");
  }

  @Test
  void an_older_jdbi_is_refused_by_name() {
    ClassPath old =
        ClassPath.ofThisJvm().with("jdbi3-core", "3.51.0").with("jdbi3-sqlobject", "3.51.0");

    assertRefused(opened(old, "-", "-"), "org.jdbi:jdbi3-core 3.51.0", Libraries.JDBI_MIN);
  }

  @Test
  void an_older_driver_is_refused_by_name() {
    ClassPath old = ClassPath.ofThisJvm().with("sqlite-jdbc", "3.39.2.0");

    assertRefused(opened(old, "-", "-"), "org.xerial:sqlite-jdbc 3.39.2.0", Libraries.SQLITE_MIN);
  }

  @Test
  void an_older_flyway_is_refused_by_name() {
    ClassPath old = ClassPath.ofThisJvm().with("flyway-core", "7.15.0");

    assertRefused(
        opened(old, "-", location), "org.flywaydb:flyway-core 7.15.0", Libraries.FLYWAY_MIN);
  }

  @Test
  void without_flyway_only_the_applications_migrations_are_refused() {
    List<String> lines = opened(ClassPath.ofThisJvm().without("flyway-core"), "-", "-", location);

    assertThat(lines.get(0)).isEqualTo("ok");
    assertRefused(lines.subList(1, 2), "org.flywaydb:flyway-core", "");
  }

  @Test
  void a_flyway_whose_services_were_not_merged_is_refused_with_the_cause() throws Exception {
    ClassPath normal = ClassPath.ofThisJvm();
    for (String left :
        new String[] {"", "org.flywaydb.core.internal.database.h2.H2DatabaseType\n"}) {
      Path jar = dir.resolve("flyway-" + left.length() + ".jar");
      Files.copy(normal.jarOf("flyway-core"), jar);
      try (FileSystem inside = FileSystems.newFileSystem(jar)) {
        Files.writeString(inside.getPath(SERVICES), left);
      }

      List<String> lines = opened(normal.with("flyway-core", jar), "-", "-", location);

      assertThat(lines.get(0)).isEqualTo("ok");
      assertRefused(lines.subList(1, 2), "org.flywaydb:flyway-core", "META-INF/services");
    }
  }

  @Test
  void a_native_library_that_cannot_be_unpacked_is_told_at_every_try() {
    List<String> lines =
        opened(ClassPath.ofThisJvm(), dir.resolve("no-such-folder").toString(), "-", "-");

    assertThat(lines).hasSize(2);
    assertRefused(lines, "org.sqlite.tmpdir", "no-such-folder");
  }

  /** What a child tells of each location that it opens a new store with; "-" for none. */
  private List<String> opened(ClassPath classPath, String scratch, String... locations) {
    Object[] arguments = new Object[locations.length + 2];
    arguments[0] = dir;
    arguments[1] = scratch;
    System.arraycopy(locations, 0, arguments, 2, locations.length);
    try (ChildJvm child =
        ChildCommand.of(LibrariesTest.class, arguments)
            .withClassPath(classPath.toString())
            .start()) {
      return child.remainingLines().stream().filter(line -> !line.contains("INFO")).toList();
    }
  }

  private static void assertRefused(List<String> lines, String name, String least) {
    assertThat(lines)
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith(StoreException.class.getName())
                    .contains(name, least)
                    .endsWith("no file"));
  }

  /** The child. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    if (!args[1].equals("-")) {
      System.setProperty("org.sqlite.tmpdir", args[1]);
    }
    for (int i = 2; i < args.length; i++) {
      Path file = Path.of(args[0], ProcessHandle.current().pid() + "-" + i + ".db");
      try {
        BelayOptions options = TestOptions.defaults();
        use(file, args[i].equals("-") ? options : options.withAppMigrations(args[i]));
        parent.say("ok");
      } catch (Throwable e) {
        parent.say(
            e.toString().replace('\n', ' ') + (Files.exists(file) ? ", a file" : ", no file"));
      }
    }
  }

  private static void use(Path file, BelayOptions options) {
    for (int i = 0; i < 2; i++) {
      try (Belay belay = Belay.open(file, options)) {
        belay
            .sessions()
            .commit(SessionCommit.to("s" + i, 0).append(NewEvent.of("t", "p")).state("x"))
            .orThrow();
        belay.queue("q").enqueue(NewWork.of("p"));
        belay.queue("q").claim("w", Duration.ofSeconds(5)).orElseThrow();
        belay.queue("q").stats();
        belay.leases().acquire("l", "h", Duration.ofSeconds(1));
        belay.sessions().history("s" + i);
      }
    }
  }
}

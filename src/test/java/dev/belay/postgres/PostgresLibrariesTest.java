package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testing.ClassPath;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Goal: a host that lacks a library learns its name, and one that keeps to files needs none of
 * them. Method: class loaders of Belay and all its libraries but one.
 */
class PostgresLibrariesTest {
  @Test
  void a_library_that_is_missing_is_named() throws Exception {
    for (String artifact : List.of("postgresql", "flyway-database-postgresql", "flyway-core")) {
      try (URLClassLoader loader = without(artifact)) {
        assertThatThrownBy(
                () -> open(loader, "openPostgres", String.class, "jdbc:postgresql://localhost/db"))
            .matches(e -> e.getClass().getName().equals("dev.belay.store.StoreException"))
            .hasMessageContaining(":" + artifact + " is missing on the class path");
        DataSource source = new PGSimpleDataSource();
        assertThatThrownBy(() -> open(loader, "openPostgres", DataSource.class, source))
            .matches(e -> e.getClass().getName().equals("dev.belay.store.StoreException"))
            .hasMessageContaining(":" + artifact + " is missing on the class path");
      }
    }
  }

  @Test
  void a_file_needs_none_of_them(@TempDir Path folder) throws Throwable {
    try (URLClassLoader loader = without("postgresql", "flyway-database-postgresql", "HikariCP")) {
      open(loader, "open", Path.class, folder.resolve("store.db")).close();
    }
    assertThat(folder.resolve("store.db")).exists();
  }

  private static <T> AutoCloseable open(
      ClassLoader loader, String method, Class<T> type, T argument) throws Throwable {
    try {
      return (AutoCloseable)
          loader.loadClass("dev.belay.Belay").getMethod(method, type).invoke(null, argument);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static URLClassLoader without(String... artifacts) throws Exception {
    ClassPath classPath = ClassPath.ofThisJvm();
    for (String artifact : artifacts) {
      classPath = classPath.without(artifact);
    }
    List<URL> urls = new ArrayList<>();
    for (String entry : classPath.toString().split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}

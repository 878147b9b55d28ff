package dev.belay.benchmarks.report;

import com.github.kagkarlsson.scheduler.Scheduler;
import dev.belay.Belay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import net.javacrumbs.shedlock.provider.jdbc.JdbcLockProvider;
import org.jdbi.v3.core.Jdbi;
import org.jobrunr.jobs.Job;
import org.openjdk.jmh.annotations.Benchmark;
import org.sqlite.SQLiteJDBCLoader;

/** Which versions were measured. Stateless. */
public final class Versions {
  private Versions() {}

  /** Name to version, of all that a figure may depend on. */
  public static Map<String, String> used() throws IOException, SQLException {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("belay", ofJar(Belay.class));
    Checkout.commit().ifPresent(commit -> versions.put("belay checkout", commit));
    versions.put("sqlite", sqlite());
    versions.put("sqlite-jdbc", SQLiteJDBCLoader.getVersion());
    versions.put("pgjdbc", ofJar(org.postgresql.Driver.class));
    versions.put("jdbi", ofJar(Jdbi.class));
    versions.put("db-scheduler", ofJar(Scheduler.class));
    versions.put("jobrunr", ofJar(Job.class));
    versions.put("shedlock", ofJar(JdbcLockProvider.class));
    versions.put("jmh", ofJar(Benchmark.class));
    return versions;
  }

  private static String sqlite() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sqlite_version()")) {
      return row.getString(1);
    }
  }

  /** What stands in the jar's name: not every manifest says it. */
  private static String ofJar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    String name = Path.of(URI.create(source.getLocation().toString())).getFileName().toString();
    return name.replaceFirst("\\.jar$", "").replaceFirst("^.*?-(?=\\d)", "");
  }
}

package dev.belay.spring.boot;

import dev.belay.adapters.testing.TestStores;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Contexts as an application with the starter has them. Stateless, safe for use by many threads.
 */
final class Contexts {
  private Contexts() {}

  /** Returns contexts with every auto-configuration that the starter registers. */
  static ApplicationContextRunner withStarter() {
    return new ApplicationContextRunner().withConfiguration(starter());
  }

  /** Returns the property that names a new store, whose files are in {@code folder} if any. */
  static String property(TestStores store, Path folder) {
    return (store == TestStores.SQLITE ? "belay.file=" : "belay.url=") + store.place(folder);
  }

  /** Returns the auto-configurations that the starter registers. */
  static AutoConfigurations starter() {
    return AutoConfigurations.of(
        ImportCandidates.load(AutoConfiguration.class, Contexts.class.getClassLoader())
            .getCandidates()
            .stream()
            .filter(name -> name.startsWith("dev.belay."))
            .map(Contexts::load)
            .toArray(Class<?>[]::new));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}

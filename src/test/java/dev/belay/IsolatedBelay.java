package dev.belay;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Belay as a plugin or a web application of this JVM loads it: by class loaders of its own. Belongs
 * to one thread.
 */
final class IsolatedBelay implements AutoCloseable {
  private final URLClassLoader loader;

  private IsolatedBelay(URLClassLoader loader) {
    this.loader = loader;
  }

  /** Belay, the driver and all else in one loader. */
  static IsolatedBelay withItsOwnDriver() {
    return new IsolatedBelay(
        new URLClassLoader(classPath(jar -> true), ClassLoader.getPlatformClassLoader()));
  }

  /** Belay in a loader of its own, the rest, the driver too, in {@code shared}. */
  static IsolatedBelay over(ClassLoader shared) {
    return new IsolatedBelay(new URLClassLoader(classPath(IsolatedBelay::isOurs), shared));
  }

  /** A loader of everything but Belay. */
  static URLClassLoader libraries() {
    return new URLClassLoader(
        classPath(entry -> !isOurs(entry)), ClassLoader.getPlatformClassLoader());
  }

  private static boolean isOurs(String entry) {
    return entry.equals(
        Path.of(SourceFile.ROOT.toString(), "target", "classes").toAbsolutePath().toString());
  }

  private static URL[] classPath(Predicate<String> wanted) {
    List<URL> urls = new ArrayList<>();
    try {
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        if (wanted.test(entry)) {
          urls.add(Path.of(entry).toUri().toURL());
        }
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
    return urls.toArray(URL[]::new);
  }

  AutoCloseable open(Path file) {
    return invoke("open", file);
  }

  AutoCloseable openReadOnly(Path file) {
    return invoke("openReadOnly", file);
  }

  AutoCloseable openInMemory() {
    try {
      return (AutoCloseable) belay().getMethod("openInMemory").invoke(null);
    } catch (InvocationTargetException e) {
      throw failure(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private AutoCloseable invoke(String method, Path file) {
    try {
      return (AutoCloseable) belay().getMethod(method, Path.class).invoke(null, file);
    } catch (InvocationTargetException e) {
      throw failure(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The class of its driver, for what tells one driver from another. */
  Class<?> driver() {
    try {
      return loader.loadClass("org.sqlite.core.NativeDB");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private Class<?> belay() throws ClassNotFoundException {
    return loader.loadClass("dev.belay.Belay");
  }

  /** What it threw, which is of a class of its own. */
  private static RuntimeException failure(InvocationTargetException e) {
    return e.getCause() instanceof RuntimeException thrown
        ? thrown
        : new IllegalStateException(e.getCause());
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}

package dev.belay.kit;

import java.util.List;
import java.util.ServiceLoader;

/** A database that Belay runs on. Found by {@link ServiceLoader}; stateless. */
public interface Engine {
  /** The forms in which the suites run on it; the first one runs them all. */
  List<Form> forms();

  /** Returns the forms of all engines on the class path. */
  static List<Form> allForms() {
    List<Form> forms =
        ServiceLoader.load(Engine.class).stream()
            .flatMap(engine -> engine.get().forms().stream())
            .toList();
    if (forms.isEmpty()) {
      throw new IllegalStateException("no engine in META-INF/services/" + Engine.class.getName());
    }
    return forms;
  }

  /** Returns the form with that name, for a process that a test starts. */
  static Form form(String name) {
    return allForms().stream().filter(form -> form.name().equals(name)).findFirst().orElseThrow();
  }
}

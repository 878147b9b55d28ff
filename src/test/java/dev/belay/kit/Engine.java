package dev.belay.kit;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

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

  /**
   * Opens the store of a test in a process that {@link StoreExtension#child} has started, which
   * gets the name of the form and the address as its first arguments.
   */
  static Belay open(String[] arguments) {
    return open(arguments, options -> options);
  }

  /** As {@link #open(String[])}, with changed options. */
  static Belay open(String[] arguments, UnaryOperator<BelayOptions> change) {
    Form form =
        allForms().stream()
            .filter(each -> each.name().equals(arguments[0]))
            .findFirst()
            .orElseThrow();
    return form.open(arguments[1], change.apply(form.options()));
  }
}

package dev.belay;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Types, parameters and exceptions as a reader would write them. */
final class Signature {
  private Signature() {}

  static String parameters(Executable executable) {
    return Arrays.stream(executable.getParameters())
        .map(Signature::text)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  static String text(Parameter parameter) {
    String type = text(parameter.getAnnotatedType());
    return (parameter.isVarArgs() ? type.replaceFirst("\\[]$", "...") : type)
        + " "
        + parameter.getName();
  }

  static String thrown(Executable executable) {
    return executable.getGenericExceptionTypes().length == 0
        ? ""
        : Arrays.stream(executable.getGenericExceptionTypes())
            .map(Signature::text)
            .sorted()
            .collect(Collectors.joining(", ", " throws ", ""));
  }

  static String variables(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(
                variable -> {
                  String bound = text(variable.getBounds()[0]);
                  return variable.getName() + (bound.equals("Object") ? "" : " extends " + bound);
                })
            .collect(Collectors.joining(", ", "<", ">"));
  }

  static String text(AnnotatedType type) {
    return text(type.getType()) + (type.isAnnotationPresent(Nullable.class) ? "?" : "");
  }

  /** The type without packages: {@code Optional<Lease>}. */
  static String text(Type type) {
    return type.getTypeName().replaceAll("\\b(?:[a-z]\\w*\\.)+", "").replace('$', '.');
  }
}

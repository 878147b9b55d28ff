package dev.belay;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public face of a type as lines of text, one per type and member. {@code T?} may be null. */
final class PublicApi {
  private static final Set<String> OBJECT_VERBS = Set.of("equals", "hashCode", "toString");

  private PublicApi() {}

  /** The lines of {@code type}, sorted; none if it is not public or inside one that is not. */
  static Set<String> linesOf(Class<?> type) {
    Set<String> lines = new TreeSet<>();
    if (!isVisible(type)) {
      return lines;
    }
    String name = type.getTypeName().replace('$', '.');
    lines.add(name + ": " + kind(type));
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isOffered(constructor) && !isImplied(type, constructor)) {
        lines.add(
            name + ".new" + Signature.parameters(constructor) + Signature.thrown(constructor));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isOffered(method) && !method.isSynthetic() && !isImplied(type, method)) {
        String variables = Signature.variables(method.getTypeParameters());
        lines.add(
            name
                + "."
                + modifiers(method)
                + (variables.isEmpty() ? "" : variables + " ")
                + method.getName()
                + Signature.parameters(method)
                + ": "
                + Signature.text(method.getAnnotatedReturnType())
                + Signature.thrown(method));
      }
    }
    for (Field field : type.getDeclaredFields()) {
      if (isOffered(field) && !field.isSynthetic()) {
        String modifier = Modifier.isStatic(field.getModifiers()) ? "static " : "";
        lines.add(
            name
                + "."
                + modifier
                + field.getName()
                + ": "
                + Signature.text(field.getAnnotatedType()));
      }
    }
    return lines;
  }

  private static String kind(Class<?> type) {
    String supertypes =
        Stream.concat(
                Stream.ofNullable(type.isInterface() ? null : type.getGenericSuperclass()),
                Arrays.stream(type.getGenericInterfaces()))
            .map(Signature::text)
            .filter(name -> !Set.of("Object", "Record").contains(name))
            .filter(name -> !name.startsWith("Enum<"))
            .sorted()
            .collect(Collectors.joining(", "));
    String sealing = type.isSealed() ? "sealed " : "";
    String components = type.isRecord() ? components(type) : "";
    return sealing
        + noun(type)
        + Signature.variables(type.getTypeParameters())
        + components
        + (supertypes.isEmpty() ? "" : " is " + supertypes);
  }

  private static String noun(Class<?> type) {
    if (type.isAnnotation()) {
      return "annotation";
    }
    if (type.isInterface()) {
      return "interface";
    }
    if (type.isRecord()) {
      return "record";
    }
    if (type.isEnum()) {
      return "enum";
    }
    String openness = Modifier.isAbstract(type.getModifiers()) ? "abstract " : "";
    return openness + (Modifier.isFinal(type.getModifiers()) ? "final class" : "class");
  }

  private static String components(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(component -> Signature.text(component.getAnnotatedType()) + " " + component.getName())
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static boolean isImplied(Class<?> type, Constructor<?> constructor) {
    return constructor.isSynthetic()
        || (type.isRecord()
            && Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toList()
                .equals(List.of(constructor.getParameterTypes())));
  }

  private static boolean isImplied(Class<?> type, Method method) {
    boolean accessor =
        type.isRecord()
            && Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getAccessor)
                .anyMatch(method::equals);
    boolean ofEvery = type.isEnum() && List.of("values", "valueOf").contains(method.getName());
    return accessor || ofEvery || OBJECT_VERBS.contains(method.getName());
  }

  private static String modifiers(Method method) {
    String visibility = Modifier.isProtected(method.getModifiers()) ? "protected " : "";
    String binding = Modifier.isStatic(method.getModifiers()) ? "static " : "";
    return visibility + binding + (method.isDefault() ? "default " : "");
  }

  private static boolean isVisible(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    boolean named = !type.isAnonymousClass() && !type.isLocalClass() && !type.isSynthetic();
    return named && isOffered(type.getModifiers()) && (outer == null || isVisible(outer));
  }

  private static boolean isOffered(Member member) {
    return isOffered(member.getModifiers());
  }

  private static boolean isOffered(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }
}

package dev.belay.sqlite;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * What JDBC knows of the columns or parameters of a statement, as a body sees it: it ends with the
 * statement. Belongs to the thread that owns the connection.
 */
final class GuardedDescription implements InvocationHandler {
  private final Object description;
  private final GuardedStatement statement;

  private GuardedDescription(Object description, GuardedStatement statement) {
    this.description = description;
    this.statement = statement;
  }

  /** For a body that sees {@code description} as a {@code type}. */
  static Object guard(Class<?> type, Object description, GuardedStatement statement) {
    return Proxy.newProxyInstance(
        GuardedDescription.class.getClassLoader(),
        new Class<?>[] {type},
        new GuardedDescription(description, statement));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      case "unwrap" -> statement.showsDriver();
      default -> {
        // everything else is about the columns
      }
    }
    if (statement.isEnded()) {
      throw new IllegalStateException(
          "columns or parameters of a statement of a Tx were asked for after it was closed");
    }
    return GuardedCall.invoke(description, method, args, statement::failedBy);
  }
}

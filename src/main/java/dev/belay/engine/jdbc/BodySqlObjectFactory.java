package dev.belay.engine.jdbc;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.extension.ConfigCustomizerFactory;
import org.jdbi.v3.core.extension.ExtensionFactory;
import org.jdbi.v3.core.extension.ExtensionHandler;
import org.jdbi.v3.core.extension.ExtensionHandlerCustomizer;
import org.jdbi.v3.core.extension.ExtensionHandlerFactory;
import org.jdbi.v3.core.extension.ExtensionMetadata;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jdbi.v3.sqlobject.SqlObject;

/**
 * Creates those SqlObjects that can ask for their handle ({@link SqlObject}), and gives them the
 * handle of the running body. Stateless, safe for use by many threads.
 *
 * <p>Attached SqlObjects are kept on a handle of the connection's own. A body must not get that
 * handle: whatever it registered, configured or closed there would affect every later body.
 */
final class BodySqlObjectFactory implements ExtensionFactory {
  private final ExtensionFactory stock;

  BodySqlObjectFactory(ExtensionFactory stock) {
    this.stock = stock;
  }

  @Override
  public boolean accepts(Class<?> type) {
    return SqlObject.class.isAssignableFrom(type) && stock.accepts(type);
  }

  @Override
  public void buildExtensionMetadata(ExtensionMetadata.Builder builder) {
    stock.buildExtensionMetadata(builder);
    ExtensionHandler getHandle = (config, target) -> (handles, args) -> bodyHandle(handles);
    ExtensionHandler withHandle =
        (config, target) ->
            (handles, args) -> ((HandleCallback<?, ?>) args[0]).withHandle(bodyHandle(handles));
    for (Method method : SqlObject.class.getMethods()) {
      if (method.getName().equals("getHandle")) {
        builder.addMethodHandler(method, getHandle);
      } else if (method.getName().equals("withHandle")) {
        builder.addMethodHandler(method, withHandle);
      }
    }
  }

  private static Handle bodyHandle(HandleSupplier handles) {
    // If the SqlObject was attached to the body's own handle, that handle is the answer. The body
    // may have replaced its statement builder.
    Handle attachedTo = handles.getHandle();
    return attachedTo.getStatementBuilder() instanceof StatementCache statements
        ? statements.edge().body().handle()
        : attachedTo;
  }

  @Override
  public <E> E attach(Class<E> type, HandleSupplier handles) {
    return stock.attach(type, handles);
  }

  @Override
  public Collection<ExtensionHandlerFactory> getExtensionHandlerFactories(ConfigRegistry config) {
    return stock.getExtensionHandlerFactories(config);
  }

  @Override
  public Collection<ExtensionHandlerCustomizer> getExtensionHandlerCustomizers(
      ConfigRegistry config) {
    return stock.getExtensionHandlerCustomizers(config);
  }

  @Override
  public Collection<ConfigCustomizerFactory> getConfigCustomizerFactories(ConfigRegistry config) {
    return stock.getConfigCustomizerFactories(config);
  }

  @Override
  public Set<FactoryFlag> getFactoryFlags() {
    return stock.getFactoryFlags();
  }
}

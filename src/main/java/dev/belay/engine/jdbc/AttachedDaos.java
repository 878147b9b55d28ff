package dev.belay.engine.jdbc;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The SqlObjects of one connection. Each is created once, on a handle that no body sees. Belongs to
 * the thread that owns the connection.
 */
final class AttachedDaos {
  private final BelayJdbi jdbi;
  private final StatementCache statements;
  private final Connection guarded;
  private final Handle ownHandle;
  private final Map<Class<?>, Object> own = new HashMap<>();
  // Weak keys and weak values: once JDBI releases an interface of the host, nothing here keeps it.
  private final Map<Class<?>, WeakReference<?>> users = new WeakHashMap<>();
  private @Nullable Handle usersHandle;

  AttachedDaos(BelayJdbi jdbi, StatementCache statements, Connection guarded) {
    this.jdbi = jdbi;
    this.statements = statements;
    this.guarded = guarded;
    this.ownHandle = jdbi.openOwn(statements, guarded);
  }

  /** Returns the handle of Belay's own DAOs, on which transactions run. */
  Handle ownHandle() {
    return ownHandle;
  }

  /**
   * Closes the results that a body has not read to the end: JDBI would keep them as long as the
   * handle.
   */
  void bodyEnds() {
    Handle opened = usersHandle;
    if (opened != null && !opened.isClean()) {
      opened.clean();
    }
  }

  <D> D attach(Class<D> sqlObject) {
    if (BelayJdbi.isOwn(sqlObject)) {
      return sqlObject.cast(own.computeIfAbsent(sqlObject, ownHandle::attach));
    }
    WeakReference<?> kept = users.get(sqlObject);
    Object attached = kept == null ? null : kept.get();
    if (attached == null) {
      Handle opened = usersHandle;
      if (opened == null) {
        opened = jdbi.open(statements, guarded, null);
        usersHandle = opened;
      }
      attached = opened.attach(sqlObject);
      users.put(sqlObject, new WeakReference<>(attached));
    }
    return sqlObject.cast(attached);
  }
}

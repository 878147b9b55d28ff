package dev.belay.engine.jdbc;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The SqlObjects of one connection, each made once, on handles that no body sees. Belongs to the
 * thread that owns the connection.
 */
final class AttachedDaos {
  private final BelayJdbi jdbi;
  private final StatementCache statements;
  private final Connection guarded;
  private final Handle ownHandle;
  private final Map<Class<?>, Object> own = new HashMap<>();
  // Weak both ways: what JDBI lets go of a host's interfaces is not kept here.
  private final Map<Class<?>, WeakReference<?>> users = new WeakHashMap<>();
  private @Nullable Handle usersHandle;

  AttachedDaos(BelayJdbi jdbi, StatementCache statements, Connection guarded) {
    this.jdbi = jdbi;
    this.statements = statements;
    this.guarded = guarded;
    this.ownHandle = jdbi.openOwn(statements, guarded);
  }

  /** The handle of Belay's own DAOs, on which transactions run. */
  Handle ownHandle() {
    return ownHandle;
  }

  /** Forgets what a body has not read to its end: JDBI keeps it as long as the handle. */
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

package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: no object of JDBC that a body can reach is the driver's own, unless it asks for that by
 * {@code unwrap}. Method: every method of every object that answers an object of JDBC is called,
 * and so are theirs.
 */
@NullUnmarked // set up before each test
@OnEachForm
class DriverObjectsTest {
  private static final String SQL = "SELECT text FROM note WHERE text > ?";

  /** What each kind of object is asked after the body. */
  private static final Map<Class<?>, String> LATE =
      Map.of(
          Connection.class, "getCatalog",
          Statement.class, "getUpdateCount",
          PreparedStatement.class, "getUpdateCount",
          ResultSet.class, "getRow",
          ResultSetMetaData.class, "getColumnCount",
          ParameterMetaData.class, "getParameterCount",
          DatabaseMetaData.class, "getUserName");

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @Test
  @Promised(Promise.TRANSACTION_SURVIVES_A_FAILED_STATEMENT) // some of what it asks fails
  void every_object_that_can_be_reached_is_guarded_and_ends_with_the_body() throws Exception {
    Map<String, Object> found = belay.write(DriverObjectsTest::reach);

    assertThat(found.keySet())
        .contains(
            "Connection.prepareStatement.getMetaData",
            "Connection.prepareStatement.getParameterMetaData",
            "Connection.prepareStatement.executeQuery.getMetaData",
            "Connection.getMetaData.getTables.getMetaData");
    for (var each : found.entrySet()) {
      Object object = each.getValue();
      Class<?> type = object.getClass().getInterfaces()[0];
      Method late = type.getMethod(String.valueOf(LATE.get(type)));
      assertThat(catchThrowable(() -> late.invoke(object)))
          .as(each.getKey())
          .hasCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void where_nobody_else_has_access_none_of_them_leads_to_the_driver() throws Exception {
    assumeFalse(store.form().isShared());
    belay.useWrite(
        tx -> {
          for (var each : reach(tx).entrySet()) {
            Wrapper object = (Wrapper) each.getValue();
            assertThatIllegalArgumentException()
                .as(each.getKey())
                .isThrownBy(() -> object.unwrap(object.getClass().getInterfaces()[0]));
          }
        });
  }

  private static Map<String, Object> reach(Tx tx) throws SQLException {
    Map<String, Object> found = new LinkedHashMap<>();
    Connection connection = tx.handle().getConnection();
    reach("Connection", Connection.class, connection, found, 3);
    return found;
  }

  private static void reach(
      String name, Class<?> type, Object object, Map<String, Object> found, int deep) {
    assertThat(Proxy.isProxyClass(object.getClass())).as(name).isTrue();
    if (found.putIfAbsent(name, object) != null || deep == 0) {
      return;
    }
    for (Method method : type.getMethods()) {
      if (Wrapper.class.isAssignableFrom(method.getReturnType())) {
        Object answer = answer(method, object);
        if (answer != null) {
          reach(name + "." + method.getName(), method.getReturnType(), answer, found, deep - 1);
        }
      }
    }
  }

  private static @Nullable Object answer(Method method, Object object) {
    List<@Nullable Object> arguments = new ArrayList<>();
    for (Class<?> type : method.getParameterTypes()) {
      boolean asks = !(object instanceof DatabaseMetaData) && type == String.class;
      arguments.add(asks ? SQL : type == int.class ? 0 : type == boolean.class ? false : null);
    }
    try {
      return method.invoke(object, arguments.toArray());
    } catch (InvocationTargetException e) {
      return null; // what the driver does not have leads nowhere
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}

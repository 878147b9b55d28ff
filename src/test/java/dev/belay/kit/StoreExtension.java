package dev.belay.kit;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.testing.Checked;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Notes;
import dev.belay.testing.Standstill;
import dev.belay.testing.TempFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The store of a test: new and open when the test begins, closed and deleted when it has ended,
 * with every other handle that the test has asked for. Belongs to one test.
 */
public class StoreExtension implements BeforeEachCallback, AfterEachCallback {
  /** The clock of the store, if the test asked for it with {@link #withManualClock}. */
  public final ManualClock clock = new ManualClock();

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private UnaryOperator<BelayOptions> change = UnaryOperator.identity();
  private @Nullable Form form;
  private @Nullable Path folder;
  private final List<String> addresses = new ArrayList<>();
  private @Nullable String address;
  private @Nullable Belay belay;
  private @Nullable Belay second;
  private boolean useSecond;

  /** On the form that the suite runs on, if it is null; see {@link OnEachForm}. */
  protected StoreExtension(@Nullable Form form) {
    this.form = form;
  }

  /** A store on each form that the suite runs on; see {@link OnEachForm}. */
  public static StoreExtension onEachForm() {
    return new StoreExtension(null);
  }

  /** A store on that form only. */
  public static StoreExtension on(Form form) {
    return new StoreExtension(form);
  }

  /** Opens the store with changed options. */
  public StoreExtension with(UnaryOperator<BelayOptions> more) {
    UnaryOperator<BelayOptions> before = change;
    change = options -> more.apply(before.apply(options));
    return this;
  }

  /** Opens the store with {@link #clock}. */
  public StoreExtension withManualClock() {
    return with(options -> options.withClock(clock));
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    if (form == null) {
      form = FormProvider.formOf(context);
    }
    folder = Files.createTempDirectory("belay-test");
    address = create();
    belay = open(options());
  }

  /** The first handle, or the one that {@link #reopen} has opened since. */
  public Belay belay() {
    return Objects.requireNonNull(belay);
  }

  /**
   * The handle for the next step of a fixture: on a form with two handles, the first one and a
   * second one in turn.
   */
  protected Belay nextHandle() {
    if (!form().usesTwoHandles()) {
      return belay();
    }
    if (second == null) {
      second = another();
    }
    useSecond = !useSecond;
    return useSecond ? second : belay();
  }

  /** The options that {@link #belay} was opened with. */
  public BelayOptions options() {
    return change.apply(form().options());
  }

  /** Opens another, empty store in the same form. */
  public Belay fresh() {
    return fresh(options -> options);
  }

  /** As {@link #fresh()}, with options that are changed further. */
  public Belay fresh(UnaryOperator<BelayOptions> more) {
    return closeLater(form().open(create(), more.apply(options())));
  }

  /** Closes {@link #belay} and goes on with a new, empty store in the same form. */
  public Belay startOver() {
    belay().close();
    address = create();
    second = null;
    belay = open(options());
    return belay;
  }

  /** A new, empty store: the first one in the folder of the test, the others below it. */
  private String create() {
    try {
      Path own =
          addresses.isEmpty()
              ? folder()
              : Files.createDirectory(folder().resolve("store-" + addresses.size()));
      addresses.add(form().create(own));
      return addresses.get(addresses.size() - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes {@link #belay} and opens it again. */
  public Belay reopen() {
    return reopen(options -> options);
  }

  /** Closes {@link #belay} and opens it with options that are changed further. */
  public Belay reopen(UnaryOperator<BelayOptions> more) {
    belay().close();
    belay = open(more.apply(options()));
    return belay;
  }

  /** Opens one more handle on the store. */
  public Belay another() {
    return another(options -> options);
  }

  /** Opens one more handle on the store, with options that are changed further. */
  public Belay another(UnaryOperator<BelayOptions> more) {
    return open(more.apply(options()));
  }

  private Belay open(BelayOptions options) {
    return closeLater(form().open(address(), options));
  }

  /** Has {@code resource} closed when the test ends, before what was opened before it. */
  public <C extends AutoCloseable> C closeLater(C resource) {
    open.push(resource);
    return resource;
  }

  /**
   * A process that opens this store with {@link Engine#open}: its arguments are those of that
   * method, and then {@code more}.
   */
  public ChildCommand child(Class<?> main, Object... more) {
    return form().process(address(), main, more);
  }

  /** Creates the table of {@link Notes} beside those of the store. */
  public void createNotes() {
    createNotes(belay());
  }

  /** Creates the table of {@link Notes} in that store, which has the same form. */
  public void createNotes(Belay other) {
    Notes.create(other, form().sql(Sql.CREATE_NOTES));
  }

  /** Returns the texts of {@link Notes} that are committed, as {@link #rows} sees them. */
  public List<String> notes() {
    return rows("SELECT text FROM note ORDER BY id");
  }

  /**
   * Returns the first column of the rows that another program finds, or a body where no other has
   * access.
   */
  public List<String> rows(String query) {
    if (!form().isShared()) {
      return belay().read(tx -> tx.handle().createQuery(query).mapTo(String.class).list());
    }
    try (Connection other = connect();
        Statement statement = other.createStatement();
        ResultSet found = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (found.next()) {
        texts.add(found.getString(1));
      }
      return texts;
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  /** Runs statements as another program does, or in a body where no other has access. */
  public void execute(String... statements) {
    execute(List.of(statements));
  }

  private void execute(List<String> statements) {
    if (!form().isShared()) {
      belay().useWrite(tx -> statements.forEach(tx.handle()::execute));
      return;
    }
    try (Connection other = connect();
        Statement statement = other.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Has the database refuse changes of rows; see {@link Form#refusing}. */
  public void refuse(String change, String table, String condition) {
    execute(form().refusing(change, table, condition));
  }

  /** Has the database skip changes of rows; see {@link Form#ignoring}. */
  public void ignore(String change, String table, String condition) {
    execute(form().ignoring(change, table, condition));
  }

  /** Has the database refuse and skip no more such changes of that table. */
  public void refuseNoMore(String change, String table) {
    execute(form().refusingNoMore(change, table));
  }

  /** Opens a connection of another program to the store; see {@link Form#connect}. */
  public Connection connect() throws SQLException {
    return form().connect(address());
  }

  /** Returns a check that the store still works, with its table of {@link Notes}. */
  public Checked checked() {
    return new Checked(belay(), form().isShared() ? this::connect : null);
  }

  /**
   * Keeps all bodies that {@code handle} can write with at once busy, so that a further one stands
   * in line.
   */
  public Standstill standstill(Belay handle) {
    return Standstill.of(handle.tx(), form().writersAtOnce());
  }

  /** Whether the form that the suite runs on promises that. */
  public boolean promises(Promise promise) {
    return form().promises().contains(promise);
  }

  /** The form that the store is opened in. */
  public Form form() {
    return Objects.requireNonNull(form);
  }

  /** The address of the store, for a process that a test starts. */
  public String address() {
    return Objects.requireNonNull(address);
  }

  /** A folder of this test; it is deleted with the store. */
  public Path folder() {
    return Objects.requireNonNull(folder);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Exception failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) { // the others are closed all the same
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    addresses.forEach(form()::drop);
    if (folder != null) {
      TempFolder.delete(folder);
    }
  }
}

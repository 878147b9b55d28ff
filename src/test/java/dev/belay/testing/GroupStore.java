package dev.belay.testing;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Stores with equal initial content, each with a table {@code note} and a ticking clock, on which
 * bodies are run together or one by one. Used by one thread.
 *
 * <p>Members are created for each try, because a try whose members did not share a transaction is
 * discarded with its store.
 */
public final class GroupStore implements AutoCloseable, AfterEachCallback {
  /** Far more tries than are necessary, even on a busy machine. */
  private static final int TRIES_MAX = 300;

  private final Path folder;
  private final Path template;
  private final TickingClock clock = new TickingClock();
  private List<String> changes = List.of();
  private UnaryOperator<BelayOptions> options = UnaryOperator.identity();
  private int opened;
  private @Nullable Belay belay;

  /** Prepares a file with {@code schema} in addition to Belay's own. */
  public GroupStore(String... schema) {
    try {
      folder = Files.createTempDirectory("belay-group");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.template = folder.resolve("template.db");
    try (Belay first = Belay.open(template, TestOptions.defaults())) {
      SqliteNotes.create(first);
      for (String sql : schema) {
        first.useWrite(tx -> tx.handle().execute(sql));
      }
    }
  }

  /** Changes the options with which later stores are opened. */
  public GroupStore with(UnaryOperator<BelayOptions> change) {
    options = change;
    return this;
  }

  /** Runs {@code preparation} on the first store; later stores begin with its result. */
  public GroupStore prepare(Consumer<Belay> preparation) {
    try (Belay first = Belay.open(template, TestOptions.defaults().withClock(clock))) {
      preparation.accept(first);
    }
    return this;
  }

  /** Runs {@code sql} on the file of each later store before it is opened. */
  public GroupStore withChanges(String... sql) {
    changes = List.of(sql);
    return this;
  }

  /** Returns the file from which each store is copied; no connection to it is open. */
  public Path template() {
    return template;
  }

  /** Runs members until all bodies among them have shared a transaction in their first runs. */
  public Answers run(String sharing, Function<Belay, List<Member>> members) {
    List<String> names = List.of(sharing.split(" ", -1));
    for (int i = 0; i < TRIES_MAX; i++) {
      Answers answers = tryOnce(members);
      if (answers.haveShared(names)) {
        return answers;
      }
    }
    throw new AssertionError(
        "in " + TRIES_MAX + " tries these never shared a transaction: " + sharing);
  }

  /** Runs members that wait in line together, whether or not they share a transaction. */
  public Answers tryOnce(Function<Belay, List<Member>> members) {
    Answers answers = open();
    try (Group group = Group.of(answers.belay().tx())) {
      members.apply(answers.belay()).forEach(answers::start);
      group.end();
    }
    answers.await();
    return answers;
  }

  /** Runs each member when the previous one has its result. */
  public Answers runAlone(Function<Belay, List<Member>> members) {
    Answers answers = open();
    for (Member member : members.apply(answers.belay())) {
      answers.start(member);
      answers.await();
    }
    return answers;
  }

  private Answers open() {
    closeLast();
    Path file = folder.resolve("store" + opened++ + ".db");
    try {
      Files.copy(template, file);
      PlainSqlite.execute(file, changes.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    Belay fresh = Belay.open(file, options.apply(TestOptions.defaults().withClock(clock)));
    belay = fresh;
    return new Answers(fresh, file);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  /** Closes the store of the last run, and deletes all files. */
  @Override
  public void close() {
    closeLast();
    try {
      TempFolder.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void closeLast() {
    Belay last = belay;
    belay = null;
    if (last != null) {
      last.close();
    }
  }
}

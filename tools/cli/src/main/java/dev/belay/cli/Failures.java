package dev.belay.cli;

import dev.belay.store.SchemaTooOldException;
import dev.belay.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jdbi.v3.core.JdbiException;
import picocli.CommandLine.ParameterException;

/**
 * Says what went wrong, in one sentence on standard error, and with which exit code. Only a mistake
 * in Belay has a stack trace. Belongs to the thread that runs the command.
 */
final class Failures {
  private final Terminal terminal;

  Failures(Terminal terminal) {
    this.terminal = terminal;
  }

  int wrongCommandLine(ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    say(e.getMessage());
    terminal.err().println("see '" + command + " --help'");
    terminal.err().flush();
    return Exit.USAGE;
  }

  int failed(Exception e) {
    int exit = exitOf(e);
    if (exit >= 0) {
      say(sentenceOf(e));
      return exit;
    }
    say("this should not have happened; please report it");
    e.printStackTrace(terminal.err());
    terminal.err().flush();
    return Exit.FAILED;
  }

  /** Returns the exit code of a failure that is no mistake in Belay, -1 if it is one. */
  private static int exitOf(Exception e) {
    if (e instanceof Refused || e instanceof UnsupportedOperationException) {
      return Exit.REFUSED;
    }
    if (e instanceof IllegalArgumentException) { // an id, a name or a URL that cannot exist
      return Exit.USAGE;
    }
    return e instanceof StoreException
            || e instanceof JdbiException
            || e instanceof IOException
            || e instanceof UncheckedIOException
        ? Exit.FAILED
        : -1;
  }

  private static String sentenceOf(Exception e) {
    if (e instanceof SchemaTooOldException old) {
      return old.getMessage() + "; 'belay migrate' runs them";
    }
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    Throwable cause = e.getCause();
    return e instanceof StoreException && cause != null && cause.getMessage() != null
        ? message + " (" + cause.getMessage() + ")"
        : e instanceof IOException ? e.getClass().getSimpleName() + ": " + message : message;
  }

  private void say(String sentence) {
    terminal.err().println(terminal.bold("belay:") + " " + Shown.line(sentence));
    terminal.err().flush();
  }
}

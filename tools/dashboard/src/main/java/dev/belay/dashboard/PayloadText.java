package dev.belay.dashboard;

/**
 * Decides how texts of the application are shown: as they are stored, shortened, or with secrets
 * removed. Its result is escaped like every other text. Called by many threads at once.
 *
 * <p>If it throws, the text is not shown, and the exception is logged.
 */
@FunctionalInterface
public interface PayloadText {
  /** Where a text comes from. Immutable, safe for use by many threads. */
  enum Source {
    /** The payload of a piece of work. */
    WORK_PAYLOAD,
    /** The result of a piece of work. */
    WORK_RESULT,
    /** The last error of a piece of work. */
    WORK_ERROR,
    /** The payload of an event of a session. */
    EVENT_PAYLOAD,
    /** The state of a session. */
    SESSION_STATE
  }

  /**
   * Returns the text to show.
   *
   * @param owner the name of the queue, or the id of the session
   */
  String show(Source source, String owner, String text);

  /** Returns the rule that shows every text as it is stored. */
  static PayloadText asStored() {
    return (source, owner, text) -> text;
  }

  /** Returns the rule that shows the length of a text only. */
  static PayloadText hidden() {
    return (source, owner, text) -> "hidden: " + text.length() + " characters";
  }
}

package dev.belay.store;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;

/** The rule against the JDK's own encoder: accepted is what UTF-8 can encode and has no NUL. */
class TextRulePropertyTest {
  @Property
  boolean what_is_accepted_is_what_utf_8_can_encode(
      @ForAll
          @CharRange(from = '\0', to = '\u0001')
          @CharRange(from = '\u007f', to = '\u0080')
          @CharRange(from = '\uD7FF', to = '\uD801')
          @CharRange(from = '\uDBFF', to = '\uDC01')
          @CharRange(from = '\uDFFF', to = '\uE000')
          String text) {
    return accepts(text) == (encodes(text) && text.indexOf('\0') < 0);
  }

  private static boolean accepts(String text) {
    try {
      TextRule.body("text", text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean encodes(String text) {
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}

package dev.belay.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Values are escaped by where they stand; templates are constants, which the compiler checks. */
class HtmlTest {
  @Test
  void a_value_is_escaped_and_html_is_not() {
    assertThat(Html.of("<p>{}{}</p>", "a<b>&\"'", Html.of("<i>{}</i>", "<")).toString())
        .isEqualTo("<p>a&lt;b&gt;&amp;&quot;&#39;<i>&lt;</i></p>");
  }

  @Test
  void hidden_characters_are_shown_as_an_element_in_text_and_in_marks_in_a_tag() {
    assertThat(Html.of("<a title=\"{}\">{}</a>", "x\u202ey", "x\u202ey").toString())
        .isEqualTo("<a title=\"x⟨U+202E⟩y\">x<span class=\"hidden-character\">U+202E</span>y</a>");
    assertThat(Html.of("").addLines("a\n\tb\u0000").toString())
        .isEqualTo("a\n\tb<span class=\"hidden-character\">U+0000</span>");
    assertThat(Visible.text("a\u200fb\nc\ud83e\uddd7"))
        .isEqualTo("a⟨U+200F⟩b⟨U+000A⟩c\ud83e\uddd7");
  }

  @Test
  void a_template_has_a_place_for_each_value() {
    assertThatThrownBy(() -> Html.of("{}")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Html.of("", 1)).isInstanceOf(IllegalArgumentException.class);
  }
}

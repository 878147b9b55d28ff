package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Goal: an editor completes and explains every property. Method: the metadata in the jar, against
 * the list that the README has.
 */
class MetadataTest {
  private static final List<String> PROPERTIES =
      List.of(
          "belay.busy-timeout",
          "belay.data-source",
          "belay.durability",
          "belay.file",
          "belay.migration",
          "belay.migrations",
          "belay.password",
          "belay.queues",
          "belay.transactions.enabled",
          "belay.url",
          "belay.username",
          "belay.workers.enabled");

  @Test
  void every_property_has_metadata_with_a_description() throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode property : metadata().get("properties")) {
      String name = property.get("name").stringValue();
      if (!name.startsWith("management.")) { // those of the endpoint are Spring Boot's
        names.add(name);
        assertThat(property.has("description")).as(name).isTrue();
      }
    }
    assertThat(names).containsExactlyInAnyOrderElementsOf(PROPERTIES);
  }

  @Test
  void the_readme_names_every_property_of_the_store() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    assertThat(PROPERTIES).allSatisfy(name -> assertThat(readme).contains("`" + name));
  }

  private static JsonNode metadata() throws IOException {
    try (InputStream in =
        MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
      return JsonMapper.shared().readTree(in);
    }
  }
}

package dev.belay.springai;

import dev.belay.store.TextRule;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The mapper of this library, in the host's version of Jackson. Stateless. */
final class Json {
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      // A medium may fill the whole payload of an event.
                      StreamReadConstraints.builder()
                          .maxStringLength(TextRule.BODY_BYTES_MAX)
                          .build())
                  .build())
          // What has nothing to write is refused: it would come back empty.
          .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private Json() {}
}

package dev.belay.spring.boot;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches if a property names a store. If none does, Spring Boot's report of a missing {@code
 * Belay} bean says so. Stateless, safe for use by many threads.
 */
final class OnStoreCondition extends SpringBootCondition {
  private static final List<String> NAMES = List.of("belay.file", "belay.url", "belay.data-source");

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("Belay store");
    List<String> set =
        NAMES.stream()
            .filter(name -> StringUtils.hasText(context.getEnvironment().getProperty(name)))
            .toList();
    return set.isEmpty()
        ? ConditionOutcome.noMatch(message.didNotFind("property", "properties").items(NAMES))
        : ConditionOutcome.match(message.found("property", "properties").items(set));
  }
}

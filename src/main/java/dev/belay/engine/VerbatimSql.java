package dev.belay.engine;

import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.TemplateEngine;

/**
 * Takes SQL as it is written, so that {@code <} is a comparison and no placeholder. Stateless, safe
 * for use by many threads.
 *
 * <p>Belay's own DAOs name it in {@code @UseTemplateEngine}; users keep the engine they have.
 */
public final class VerbatimSql implements TemplateEngine {
  /** For JDBI, which makes one for each DAO that names this class. */
  public VerbatimSql() {}

  @Override
  public String render(String template, StatementContext context) {
    return template;
  }

  // Without this JDBI looks a template up in its cache in vain at every execution.
  @Override
  public Optional<Function<StatementContext, String>> parse(
      String template, ConfigRegistry config) {
    return Optional.of(context -> template);
  }
}

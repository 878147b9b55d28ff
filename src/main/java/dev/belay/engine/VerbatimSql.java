package dev.belay.engine;

import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.TemplateEngine;

/**
 * A template engine that uses SQL as it is written, so that {@code <} is a comparison and not the
 * start of a placeholder. Stateless, safe for use by many threads.
 *
 * <p>Belay's own DAOs name it in {@code @UseTemplateEngine}; the DAOs of users keep the engine that
 * the user has configured.
 */
public final class VerbatimSql implements TemplateEngine {
  /** For JDBI, which creates one for each DAO that names this class. */
  public VerbatimSql() {}

  @Override
  public String render(String template, StatementContext context) {
    return template;
  }

  // Without this method, JDBI searches its template cache at every execution and never finds the
  // template there.
  @Override
  public Optional<Function<StatementContext, String>> parse(
      String template, ConfigRegistry config) {
    return Optional.of(context -> template);
  }
}

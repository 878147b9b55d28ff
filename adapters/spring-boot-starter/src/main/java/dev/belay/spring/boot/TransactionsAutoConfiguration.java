package dev.belay.spring.boot;

import dev.belay.Belay;
import javax.sql.DataSource;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.AbstractTransactionManagementConfiguration;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * Auto-configures how {@code @Transactional} and Belay meet. No bean here is a candidate where an
 * application asks for a transaction manager or a {@code JdbcTemplate} without a name.
 */
@AutoConfiguration(
    after = BelayAutoConfiguration.class,
    afterName = "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration")
@ConditionalOnClass({JdbcTemplate.class, AbstractTransactionManagementConfiguration.class})
@ConditionalOnSingleCandidate(Belay.class)
final class TransactionsAutoConfiguration {
  @Bean
  BelayTransactions belayTransactions(
      Belay belay,
      BelayProperties properties,
      ObjectProvider<DataSource> dataSources,
      ListableBeanFactory beans) {
    String name = properties.dataSource();
    return new BelayTransactions(
        belay.tx(),
        name == null ? dataSources::getIfUnique : () -> beans.getBean(name, DataSource.class));
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("belay.transactions.enabled")
  static class ManagerConfiguration {
    private final BoundDataSource source = new BoundDataSource();

    @Bean(defaultCandidate = false)
    BelayTransactionManager belayTransactionManager(Belay belay) {
      return new BelayTransactionManager(belay.tx(), source);
    }

    @Bean(defaultCandidate = false)
    JdbcTemplate belayJdbcTemplate() {
      return new JdbcTemplate(source);
    }

    @Bean(defaultCandidate = false)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static DefaultPointcutAdvisor belayTransactionRetry() {
      DefaultPointcutAdvisor advisor =
          new DefaultPointcutAdvisor(
              new TransactionRetry.Methods("belayTransactionManager"), new TransactionRetry());
      advisor.setOrder(Ordered.HIGHEST_PRECEDENCE); // around the transaction, whatever its order
      return advisor;
    }

    /**
     * For an application without a transaction manager of its own, which Spring Boot leaves out.
     */
    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    @ConditionalOnMissingBean(AbstractTransactionManagementConfiguration.class)
    static class AnnotationConfiguration {}
  }
}

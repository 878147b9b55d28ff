package dev.belay.spring.boot;

import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

/**
 * Calls a {@code @Transactional} method of Belay's transaction manager again if its transaction was
 * undone. The interceptors of Spring cannot proceed twice: those behind the transaction would be
 * left out. So the whole call is repeated. Safe for use by many threads.
 */
final class TransactionRetry implements MethodInterceptor {
  /** The maximum number of calls; the failures of others rarely cause a second one. */
  static final int CALLS_MAX = 10;

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    int calls = 0;
    while (true) {
      try {
        calls++;
        return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
      } catch (RunAgainException e) {
        if (calls == CALLS_MAX) {
          throw e;
        }
      }
    }
  }

  /** The methods whose transaction manager is Belay's. Safe for use by many threads. */
  static final class Methods extends StaticMethodMatcherPointcut {
    private final TransactionAttributeSource source = new AnnotationTransactionAttributeSource();
    private final String manager;

    /**
     * Creates the pointcut.
     *
     * @param manager the name of the bean
     */
    Methods(String manager) {
      this.manager = manager;
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
      TransactionAttribute attribute = source.getTransactionAttribute(method, targetClass);
      return attribute != null && manager.equals(attribute.getQualifier());
    }
  }
}

package dev.belay.kit;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Gives the suites of {@link OnEachForm} their forms, and {@link StoreExtension} its own. */
final class FormProvider implements ClassTemplateInvocationContextProvider {
  private static final Namespace KIT = Namespace.create(FormProvider.class);

  /** Returns the form that the suite runs on. */
  static Form formOf(ExtensionContext context) {
    Form form = context.getStore(KIT).get(Form.class, Form.class);
    if (form == null) {
      throw new IllegalStateException("no @OnEachForm on " + context.getRequiredTestClass());
    }
    return form;
  }

  @Override
  public boolean supportsClassTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
      ExtensionContext context) {
    OnEachForm suite = context.getRequiredTestClass().getAnnotation(OnEachForm.class);
    return Engine.allForms().stream()
        .filter(form -> form.runsSlowSuites() || !suite.slow())
        .filter(form -> suite.inTurn() || !form.usesTwoHandles())
        .map(Invocation::new);
  }

  private record Invocation(Form form) implements ClassTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return form.name();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new FailedForm(form));
    }

    @Override
    public void prepareInvocation(ExtensionContext context) {
      context.getStore(KIT).put(Form.class, form);
    }
  }

  /** Names the form in the stack trace of a failure: reports show only its number. */
  private record FailedForm(Form form)
      implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
        throws Throwable {
      throw named(thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown)
        throws Throwable {
      throw named(thrown);
    }

    private Throwable named(Throwable thrown) {
      thrown.addSuppressed(new On(form.name()));
      return thrown;
    }
  }

  /** Says on which form a test has failed. */
  private static final class On extends Exception {
    private static final long serialVersionUID = 1;

    On(String form) {
      super("on " + form, null, false, false);
    }
  }
}

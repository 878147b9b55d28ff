package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The public API is the reviewed one.
 *
 * <p>Goal: no name becomes public, and none goes, without a line in a diff. Method: the compiled
 * types of the packages that are for users, rendered by {@link PublicApi}, against {@code
 * public-api.txt}.
 */
class PublicApiTest {
  private static final Path REVIEWED = SourceFile.ROOT.resolve("src/test/resources/public-api.txt");
  private static final Set<String> FOR_USERS =
      Set.of(
          "dev.belay",
          "dev.belay.store",
          "dev.belay.session",
          "dev.belay.lease",
          "dev.belay.queue");
  private static final int TYPES_MAX = 65;
  private static final String ACCEPT = "belay.api.accept";

  @Test
  void the_public_api_is_the_reviewed_one() throws Exception {
    Set<String> api = apiOfMain();
    if (Boolean.getBoolean(ACCEPT)) {
      Files.write(REVIEWED, api);
    }
    List<String> reviewed = Files.readAllLines(REVIEWED);

    assertThat(difference(api, reviewed))
        .as(
            "the public API (+) and %s (-) differ. If the change is meant:"
                + " mvn test -Dtest=PublicApiTest -D%s=true, and review the diff",
            REVIEWED.getFileName(), ACCEPT)
        .isEmpty();
  }

  @Test
  void public_types_are_few() {
    List<String> types =
        new ClassFileImporter()
            .importPath(SourceFile.ROOT.resolve("target/classes")).stream()
                .filter(type -> FOR_USERS.contains(type.getPackageName()))
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().contains("-"))
                .map(JavaClass::reflect)
                .filter(type -> !PublicApi.linesOf(type).isEmpty())
                .<String>map(Class::getName)
                .toList();

    assertThat(types).contains("dev.belay.Belay").hasSizeLessThanOrEqualTo(TYPES_MAX);
  }

  @Test
  void every_part_of_a_signature_is_rendered() {
    assertThat(PublicApi.linesOf(PublicApiSample.class))
        .containsExactly(
            "dev.belay.PublicApiSample.<X extends Exception> open(String? name, List<? extends"
                + " Number> sizes, int... rest): PublicApiSample? throws IOException, X",
            "dev.belay.PublicApiSample.static LIMIT: int",
            "dev.belay.PublicApiSample: interface is Comparable<PublicApiSample>");
    assertThat(PublicApi.linesOf(PublicApiSample.Size.class))
        .containsExactly("dev.belay.PublicApiSample.Size: record(int width, String? unit)");
    assertThat(PublicApi.linesOf(PublicApiTest.class)).isEmpty();
  }

  private static Set<String> apiOfMain() {
    Set<String> lines = new TreeSet<>();
    new ClassFileImporter()
        .importPath(SourceFile.ROOT.resolve("target/classes")).stream()
            .filter(type -> FOR_USERS.contains(type.getPackageName()))
            .forEach(type -> lines.addAll(PublicApi.linesOf(type.reflect())));
    return lines;
  }

  private static List<String> difference(Collection<String> api, Collection<String> reviewed) {
    List<String> lines = new ArrayList<>();
    api.stream().filter(line -> !reviewed.contains(line)).forEach(line -> lines.add("+ " + line));
    reviewed.stream().filter(line -> !api.contains(line)).forEach(line -> lines.add("- " + line));
    return lines;
  }
}

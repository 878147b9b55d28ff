package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.graph.DefaultEdge;
import org.junit.jupiter.api.Test;

/**
 * Classes that all know each other are few.
 *
 * <p>Goal: a reader understands any class by reading downwards. Method: the strongly connected
 * components of the top-level classes of main; a nested class counts as the one around it.
 */
class CirclesTest {
  private static final int CLASSES_MAX = 4;

  @Test
  void no_circle_has_more_than_four_classes() {
    assertThat(circles(SourceFile.ROOT.resolve("target/classes").toUri().getPath()))
        .allSatisfy(circle -> assertThat(circle).hasSizeLessThanOrEqualTo(CLASSES_MAX));
  }

  private static List<Set<String>> circles(String classes) {
    Graph<String, DefaultEdge> knows = new DefaultDirectedGraph<>(DefaultEdge.class);
    for (JavaClass type : new ClassFileImporter().importPath(classes)) {
      String from = topLevel(type);
      knows.addVertex(from);
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> topLevel(dependency.getTargetClass()))
          .filter(to -> to.startsWith("dev.belay.") && !to.equals(from))
          .forEach(
              to -> {
                knows.addVertex(to);
                DefaultEdge unused = knows.addEdge(from, to);
              });
    }
    return new KosarajuStrongConnectivityInspector<>(knows).stronglyConnectedSets();
  }

  private static String topLevel(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}

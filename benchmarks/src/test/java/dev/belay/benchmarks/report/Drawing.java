package dev.belay.benchmarks.report;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What an SVG file shows. Immutable. */
record Drawing(List<Element> all) {
  static Drawing read(Path file) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    NodeList nodes = document.getElementsByTagName("*");
    return new Drawing(
        IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList());
  }

  List<String> texts() {
    return all.stream()
        .filter(element -> element.getTagName().equals("text"))
        .map(Element::getTextContent)
        .toList();
  }

  /** Where the dots of a colour are: {@code x y}. */
  List<String> dots(String colour) {
    return all.stream()
        .filter(element -> element.getTagName().equals("circle"))
        .filter(element -> element.getAttribute("fill").equals(colour))
        .map(element -> element.getAttribute("cx") + " " + element.getAttribute("cy"))
        .toList();
  }
}

package io.kogluktualuk.computenode.vm.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A script of the official test suite, as `wast2json` wrote it.
record SpecScript(Path folder, List<Map<String, Object>> commands) {

  @SuppressWarnings("unchecked") // The shape of the file, which wabt documents.
  static SpecScript read(Path json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json.toFile())) {
      parser.nextToken();
      Map<String, Object> root = (Map<String, Object>) value(parser);
      return new SpecScript(
          json.resolveSibling(""),
          (List<Map<String, Object>>) root.getOrDefault("commands", List.of()));
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      default -> parser.getText();
    };
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return members;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(parser));
    }
    return elements;
  }
}

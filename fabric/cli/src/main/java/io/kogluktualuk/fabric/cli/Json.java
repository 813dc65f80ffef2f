package io.kogluktualuk.fabric.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON object under construction, its members in the order they were added.
///
/// **Threading:** one thread.
final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  /// Adds a member. Refs and hashes become text, durations seconds, instants ISO 8601.
  Json with(String name, @Nullable Object value) {
    members.put(name, value);
    return this;
  }

  /// On one line.
  String toLine() {
    return text(false);
  }

  /// Indented, for people.
  @Override
  public String toString() {
    return text(true);
  }

  private String text(boolean indent) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      if (indent) {
        generator.setPrettyPrinter(new DefaultPrettyPrinter());
      }
      write(this, generator);
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot fail to be written", e);
    }
    return text.toString();
  }

  private static void write(@Nullable Object value, JsonGenerator generator) throws IOException {
    switch (value) {
      case null -> generator.writeNull();
      case Json json -> {
        generator.writeStartObject();
        for (Map.Entry<String, @Nullable Object> member : json.members.entrySet()) {
          generator.writeFieldName(member.getKey());
          write(member.getValue(), generator);
        }
        generator.writeEndObject();
      }
      case List<?> list -> {
        generator.writeStartArray();
        for (Object item : list) {
          write(item, generator);
        }
        generator.writeEndArray();
      }
      case Boolean truth -> generator.writeBoolean(truth);
      case Integer number -> generator.writeNumber(number);
      case Long number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      case Duration duration -> generator.writeNumber(duration.toNanos() / 1e9);
      case String text -> generator.writeString(text);
      case Ref ref -> generator.writeString(ref.toString());
      case Hash hash -> generator.writeString(hash.toHex());
      case Instant instant -> generator.writeString(instant.toString());
      default -> throw new IllegalArgumentException("no JSON form for " + value.getClass());
    }
  }
}

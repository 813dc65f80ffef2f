package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Codec;
import java.nio.charset.StandardCharsets;

/// The name of a root: a path such as `releases/2026-03/x86`.
///
/// @param text parts between slashes, each of letters, digits, `.`, `-`, `_`, `+`, `@`; no part is
///     `.` or `..`
public record RootName(String text) implements Comparable<RootName> {

  public static final int LENGTH_MAX = 255;

  public static final Codec<RootName> CODEC =
      new Codec<>() {
        @Override
        public void write(RootName name, CanonicalWriter writer) {
          writer.text(name.text);
        }

        @Override
        public RootName read(CanonicalReader reader) {
          try {
            return new RootName(reader.text(LENGTH_MAX, "the name of a root"));
          } catch (InvalidArgument e) {
            throw new MalformedEncoding(String.valueOf(e.getMessage()), e);
          }
        }
      };

  /// @throws InvalidArgument when the text is no such name
  public RootName {
    if (text.isEmpty() || text.length() > LENGTH_MAX) {
      throw new InvalidArgument(
          "the name of a root has " + text.length() + " characters, expected 1 to " + LENGTH_MAX);
    }
    for (String part : text.split("/", -1)) {
      if (!isPart(part)) {
        throw new InvalidArgument(
            "not the name of a root: '"
                + text
                + "'; expected parts of letters, digits and .-_+@ between slashes, such as"
                + " releases/v1");
      }
    }
  }

  private static boolean isPart(String part) {
    if (part.isEmpty() || part.equals(".") || part.equals("..")) {
      return false;
    }
    for (byte each : part.getBytes(StandardCharsets.UTF_8)) {
      boolean isPlain =
          each >= 'a' && each <= 'z' || each >= 'A' && each <= 'Z' || each >= '0' && each <= '9';
      if (!isPlain && ".-_+@".indexOf(each) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(RootName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.ArrayList;
import java.util.List;

/// Bounded lists in the canonical encoding: varint count, then the elements.
final class Lists {

  private Lists() {}

  /// The codec of a message that is nothing but a list.
  ///
  /// @param bytesEach the fewest bytes an element takes
  static <T> Codec<List<T>> codec(Codec<T> element, int max, int bytesEach, String meaning) {
    return new Codec<>() {
      @Override
      public void write(List<T> list, CanonicalWriter writer) {
        Lists.write(list, element, writer);
      }

      @Override
      public List<T> read(CanonicalReader reader) {
        return Lists.read(element, max, bytesEach, meaning, reader);
      }
    };
  }

  static <T> void write(List<T> list, Codec<T> element, CanonicalWriter writer) {
    writer.varint(list.size());
    for (T each : list) {
      element.write(each, writer);
    }
  }

  static <T> List<T> read(
      Codec<T> element, int max, int bytesEach, String meaning, CanonicalReader reader) {
    int count = reader.count(max, bytesEach, meaning);
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(element.read(reader));
    }
    return list;
  }
}

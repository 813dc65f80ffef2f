package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;

/// Where an envelope comes from: the so-and-so-many-th output that a stage gave for an input.
///
/// ```
/// text stage │ 32 bytes: id of the input, zeros for a source │ varint index
/// ```
///
/// @param stage lower case letters, digits and `-`, at most [#NAME_MAX]
/// @param index from 0 for each input; a source counts what it sends
public record Origin(String stage, Hash input, long index) {

  public static final int NAME_MAX = 48;

  /// The input of sources.
  public static final Hash NOTHING = Hash.ofBytes(new byte[Hash.BYTES]);

  private static final String NAME = "[a-z0-9][a-z0-9-]{0,47}";

  static final Codec<Origin> CODEC =
      new Codec<>() {
        @Override
        public void write(Origin origin, CanonicalWriter writer) {
          writer.text(origin.stage).hash(origin.input).varint(origin.index);
        }

        @Override
        public Origin read(CanonicalReader reader) {
          return new Origin(readName(reader), reader.hash(), reader.varint());
        }
      };

  public Origin {
    requireName(stage);
    if (index < 0) {
      throw new IllegalArgumentException("an index is not negative: " + index);
    }
  }

  /// @throws InvalidArgument when a stage cannot be called that
  static String requireName(String stage) {
    if (!isName(stage)) {
      throw new InvalidArgument("not the name of a stage: '" + stage + "'; expected " + NAME);
    }
    return stage;
  }

  /// Whether a stage can be called that. By hand: it is asked for each envelope, several times.
  static boolean isName(String name) {
    if (name.isEmpty() || name.length() > NAME_MAX || name.charAt(0) == '-') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
        return false;
      }
    }
    return true;
  }

  static String readName(CanonicalReader reader) {
    String name = reader.text(NAME_MAX, "the name of a stage");
    if (!isName(name)) {
      throw reader.malformed("not the name of a stage: '" + name + "'");
    }
    return name;
  }
}

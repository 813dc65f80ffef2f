package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// Asks for outcomes that were recorded before a time.
///
/// @param beforeMillis wall-clock time since 1970
/// @param from 0 for the first page, then what the last one said. Good while nothing is forgotten:
///     meanwhile, or at another control node, some may be missed or come twice
public record FindOldMemos(long beforeMillis, long from) {

  public static final Codec<FindOldMemos> CODEC =
      new Codec<>() {
        @Override
        public void write(FindOldMemos ask, CanonicalWriter writer) {
          writer.varint(ask.beforeMillis).varint(ask.from);
        }

        @Override
        public FindOldMemos read(CanonicalReader reader) {
          return new FindOldMemos(reader.varint(), reader.varint());
        }
      };

  public FindOldMemos {
    Numbers.checkNotNegative(beforeMillis, "before when");
    Numbers.checkNotNegative(from, "where to go on");
  }
}

package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// What became of the renewal of a lease.
public sealed interface Renewal {

  /// It lives on, with the same token.
  ///
  /// @param expiresAtMillis in the log's time
  record Extended(long expiresAtMillis) implements Renewal {}

  /// It has lapsed, was ended, revoked or taken over: the holder has to acquire another.
  record Stale() implements Renewal {}

  Codec<Renewal> CODEC =
      new Codec<>() {
        @Override
        public void write(Renewal renewal, CanonicalWriter writer) {
          switch (renewal) {
            case Extended extended -> writer.u8(1).varint(extended.expiresAtMillis());
            case Stale _ -> writer.u8(2);
          }
        }

        @Override
        public Renewal read(CanonicalReader reader) {
          int tag = reader.u8();
          return switch (tag) {
            case 1 -> new Extended(reader.varint());
            case 2 -> new Stale();
            default -> throw reader.malformed("no renewal has tag " + tag);
          };
        }
      };
}

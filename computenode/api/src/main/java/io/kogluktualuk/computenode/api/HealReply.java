package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// A value is whole.
///
/// @param ran how many transactions were run again for it
public record HealReply(long ran) {

  public static final Codec<HealReply> CODEC =
      new Codec<>() {
        @Override
        public void write(HealReply reply, CanonicalWriter writer) {
          writer.varint(reply.ran);
        }

        @Override
        public HealReply read(CanonicalReader reader) {
          return new HealReply(reader.varint());
        }
      };

  public HealReply {
    if (ran < 0) {
      throw new IllegalArgumentException(ran + " transactions were run");
    }
  }
}

package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.time.Duration;

/// Asks that a value is made whole again of which blobs have been lost.
///
/// @param value whatever it consists of is looked for
/// @param run what [Progress] and cancellation refer to
/// @param timeout after which it is given up
public record HealRequest(Ref value, RunId run, Duration timeout) {

  public static final Codec<HealRequest> CODEC =
      new Codec<>() {
        @Override
        public void write(HealRequest request, CanonicalWriter writer) {
          Ref.CODEC.write(request.value, writer);
          RunId.CODEC.write(request.run, writer);
          Times.write(request.timeout, writer);
        }

        @Override
        public HealRequest read(CanonicalReader reader) {
          return new HealRequest(
              Ref.CODEC.read(reader), RunId.CODEC.read(reader), Times.read(reader));
        }
      };

  public HealRequest {
    timeout = Times.bounded(timeout);
  }
}

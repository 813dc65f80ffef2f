package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// Whether there was a run to cancel.
///
/// @param wasRunning false when this node has not heard of the run, or it had ended
public record CancelReply(boolean wasRunning) {

  public static final Codec<CancelReply> CODEC =
      new Codec<>() {
        @Override
        public void write(CancelReply reply, CanonicalWriter writer) {
          writer.bool(reply.wasRunning);
        }

        @Override
        public CancelReply read(CanonicalReader reader) {
          return new CancelReply(reader.bool());
        }
      };
}

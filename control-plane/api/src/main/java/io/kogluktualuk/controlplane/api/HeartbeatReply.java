package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// What a member hears back: all it must know to act on its own until its next sign of life.
///
/// @param epoch of the membership
/// @param state the member's own
/// @param fences which leases are dead
/// @param pinGeneration what a root reaches is stamped with it
public record HeartbeatReply(long epoch, MemberState state, Fences fences, long pinGeneration) {

  /// Stamps are 32 bits wide.
  public static final long PIN_GENERATION_MAX = 0xFFFF_FFFFL;

  public static final Codec<HeartbeatReply> CODEC =
      new Codec<>() {
        @Override
        public void write(HeartbeatReply reply, CanonicalWriter writer) {
          writer.varint(reply.epoch);
          MemberState.CODEC.write(reply.state, writer);
          Fences.CODEC.write(reply.fences, writer);
          writer.varint(reply.pinGeneration);
        }

        @Override
        public HeartbeatReply read(CanonicalReader reader) {
          return new HeartbeatReply(
              reader.varint(),
              MemberState.CODEC.read(reader),
              Fences.CODEC.read(reader),
              reader.varint(PIN_GENERATION_MAX, "the generation of pins"));
        }
      };

  public HeartbeatReply {
    Objects.requireNonNull(state);
    Objects.requireNonNull(fences);
    Numbers.checkNotNegative(epoch, "the epoch");
    if (pinGeneration < 0 || pinGeneration > PIN_GENERATION_MAX) {
      throw new IllegalArgumentException("generation " + pinGeneration + " of pins");
    }
  }
}

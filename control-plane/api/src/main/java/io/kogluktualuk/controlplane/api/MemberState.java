package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// What the fabric has agreed a member is good for. Tags are part of the replicated state and never
/// change.
public enum MemberState {
  /// Takes new bytes and serves what it has.
  ACTIVE(1),
  /// Serves what it has and takes nothing new: it is about to leave.
  DRAINING(2),
  /// Was silent for too long: nothing is expected of it until it is heard again.
  LOST(3);

  public static final Codec<MemberState> CODEC =
      new Codec<>() {
        @Override
        public void write(MemberState state, CanonicalWriter writer) {
          writer.u8(state.tag);
        }

        @Override
        public MemberState read(CanonicalReader reader) {
          int tag = reader.u8();
          for (MemberState state : values()) {
            if (state.tag == tag) {
              return state;
            }
          }
          throw reader.malformed("no state of a member has tag " + tag);
        }
      };

  private final int tag;

  MemberState(int tag) {
    this.tag = tag;
  }
}

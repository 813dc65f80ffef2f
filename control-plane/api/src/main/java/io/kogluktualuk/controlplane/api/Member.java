package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// A member, and what the leader has heard of it lately.
///
/// @param state what all have agreed on
/// @param isSilent whether it has missed its heartbeats; it is then still a member
/// @param unheardMillis since its last heartbeat, or since the leader began to listen
/// @param incarnation what its last heartbeat said, see [Heartbeat]; 0 when none was heard
public record Member(
    MemberInfo info,
    MemberState state,
    boolean isSilent,
    long unheardMillis,
    Load load,
    long incarnation) {

  static final int ENCODED_BYTES_MAX =
      MemberInfo.ENCODED_BYTES_MAX + 1 + 1 + 9 + Load.ENCODED_BYTES_MAX + 9;

  public static final Codec<Member> CODEC =
      new Codec<>() {
        @Override
        public void write(Member member, CanonicalWriter writer) {
          MemberInfo.CODEC.write(member.info, writer);
          MemberState.CODEC.write(member.state, writer);
          writer.bool(member.isSilent).varint(member.unheardMillis);
          Load.CODEC.write(member.load, writer);
          writer.varint(member.incarnation);
        }

        @Override
        public Member read(CanonicalReader reader) {
          return new Member(
              MemberInfo.CODEC.read(reader),
              MemberState.CODEC.read(reader),
              reader.bool(),
              reader.varint(),
              Load.CODEC.read(reader),
              reader.varint());
        }
      };

  public Member {
    if (unheardMillis < 0 || incarnation < 0) {
      throw new IllegalArgumentException(
          "unheard for " + unheardMillis + " ms, incarnation " + incarnation);
    }
  }
}

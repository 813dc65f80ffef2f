package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// The members, in the order of their ids, or a page of them.
///
/// @param epoch grows with every change of membership; equal epochs mean equal member infos
/// @param hasMore whether members with greater ids follow
public record Members(long epoch, List<Member> members, boolean hasMore) {

  /// So many fit into one message.
  public static final int PAGE_MAX = (Channel.MESSAGE_BYTES_MAX - 16) / Member.ENCODED_BYTES_MAX;

  private static final int MEMBER_BYTES_MIN = 1 + NodeId.BYTES + 2 + 2 + 3 + 1 + 1 + 1 + 3;

  public static final Codec<Members> CODEC =
      new Codec<>() {
        @Override
        public void write(Members page, CanonicalWriter writer) {
          writer.varint(page.epoch).bool(page.hasMore);
          Lists.write(page.members, Member.CODEC, writer);
        }

        @Override
        public Members read(CanonicalReader reader) {
          long epoch = reader.varint();
          boolean hasMore = reader.bool();
          return new Members(
              epoch,
              Lists.read(Member.CODEC, PAGE_MAX, MEMBER_BYTES_MIN, "the members", reader),
              hasMore);
        }
      };

  public Members {
    members = List.copyOf(members);
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch " + epoch);
    }
  }
}

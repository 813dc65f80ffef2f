package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// The roots in the order of their names, or a page of them.
///
/// @param hasMore whether roots with greater names follow
public record Roots(List<Root> roots, boolean hasMore) {

  /// So many fit into one message.
  public static final int PAGE_MAX = (Channel.MESSAGE_BYTES_MAX - 16) / Root.ENCODED_BYTES_MAX;

  public static final Codec<Roots> CODEC =
      new Codec<>() {
        @Override
        public void write(Roots page, CanonicalWriter writer) {
          writer.bool(page.hasMore);
          Lists.write(page.roots, Root.CODEC, writer);
        }

        @Override
        public Roots read(CanonicalReader reader) {
          boolean hasMore = reader.bool();
          return new Roots(
              Lists.read(Root.CODEC, PAGE_MAX, Root.ENCODED_BYTES_MIN, "the roots", reader),
              hasMore);
        }
      };

  public Roots {
    roots = List.copyOf(roots);
  }
}

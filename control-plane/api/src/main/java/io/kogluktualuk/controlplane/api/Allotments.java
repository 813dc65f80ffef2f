package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;
import java.util.Objects;

/// Which nodes have parts of an account, in the order of their ids, or a page of them.
///
/// @param hasMore whether nodes with greater ids follow
public record Allotments(List<Part> parts, boolean hasMore) {

  /// What one memory node may charge.
  public record Part(NodeId node, long bytes) {

    static final int ENCODED_BYTES_MAX = NodeId.BYTES + 9;

    static final Codec<Part> CODEC =
        new Codec<>() {
          @Override
          public void write(Part part, CanonicalWriter writer) {
            NodeId.CODEC.write(part.node, writer);
            writer.varint(part.bytes);
          }

          @Override
          public Part read(CanonicalReader reader) {
            return new Part(
                NodeId.CODEC.read(reader), reader.varint(CreditBalance.BYTES_MAX, "an allotment"));
          }
        };

    public Part {
      Objects.requireNonNull(node);
      CreditBalance.check(bytes, "an allotment");
    }
  }

  /// So many fit into one message.
  public static final int PAGE_MAX = (Channel.MESSAGE_BYTES_MAX - 16) / Part.ENCODED_BYTES_MAX;

  public static final Codec<Allotments> CODEC =
      new Codec<>() {
        @Override
        public void write(Allotments page, CanonicalWriter writer) {
          writer.bool(page.hasMore);
          Lists.write(page.parts, Part.CODEC, writer);
        }

        @Override
        public Allotments read(CanonicalReader reader) {
          boolean hasMore = reader.bool();
          int bytesMin = NodeId.BYTES + 1;
          return new Allotments(
              Lists.read(Part.CODEC, PAGE_MAX, bytesMin, "the allotments", reader), hasMore);
        }
      };

  public Allotments {
    parts = List.copyOf(parts);
  }
}

package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// What a compute node is doing.
///
/// ```
/// text name │ varint … for each number, in the order of the components
/// ```
///
/// @param name the node's name
/// @param slots programs it runs at once
/// @param running programs that hold a slot
/// @param queued transactions that wait for a slot
/// @param waiting programs that wait for a subtransaction
/// @param runs top-level runs in progress
/// @param ran programs that ran to an outcome since the start
/// @param hits outcomes that were known, since the start
/// @param failures outcomes that were not a success, since the start
/// @param cachedBytes bytes of blobs kept on the heap
/// @param cachedBytesMax the most of them
/// @param unpublished blobs and outcomes not yet stored and recorded
public record ComputeStatus(
    String name,
    long slots,
    long running,
    long queued,
    long waiting,
    long runs,
    long ran,
    long hits,
    long failures,
    long cachedBytes,
    long cachedBytesMax,
    long unpublished) {

  public static final int NAME_BYTES_MAX = 255;

  public static final Codec<ComputeStatus> CODEC =
      new Codec<>() {
        @Override
        public void write(ComputeStatus s, CanonicalWriter writer) {
          writer.text(s.name).varint(s.slots).varint(s.running).varint(s.queued);
          writer.varint(s.waiting).varint(s.runs).varint(s.ran).varint(s.hits);
          writer.varint(s.failures).varint(s.cachedBytes).varint(s.cachedBytesMax);
          writer.varint(s.unpublished);
        }

        @Override
        public ComputeStatus read(CanonicalReader reader) {
          return new ComputeStatus(
              reader.text(NAME_BYTES_MAX, "a name"),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint());
        }
      };
}

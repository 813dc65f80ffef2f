package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The members of a circle that are too many for a message: the content that has their keys.
///
/// ```
/// { hash } …
/// ```
///
/// **Threading:** stateless. **Bound:** [#MEMBERS_MAX], beyond which a circle that goes through
/// several nodes ends the runs of its members with [Refused]: each node keeps all of it for each
/// that it has handed over.
final class LongCycle {

  static final int MEMBERS_MAX = 4_096;

  private LongCycle() {}

  /// The members as a content.
  ///
  /// @return null when they fit the message
  static @Nullable Ref store(List<Hash> cycle, BlobStore blobs) {
    if (cycle.size() <= ExecuteReply.CYCLE_MAX) {
      return null;
    }
    if (cycle.size() > MEMBERS_MAX) {
      throw new Refused(
          "a circle of "
              + cycle.size()
              + " transactions that need each other's outcomes goes through several nodes; at most "
              + MEMBERS_MAX
              + " can be told, the first is "
              + cycle.getFirst());
    }
    ContentWriter writer = new ContentWriter(blobs);
    for (Hash key : cycle) {
      byte[] bytes = key.toBytes();
      writer.write(bytes, 0, bytes.length);
    }
    return writer.finish();
  }

  /// The members that a reply names.
  static List<Hash> of(ExecuteReply reply, BlobStore blobs) {
    Ref ref = reply.longCycle();
    if (ref == null) {
      return reply.cycle();
    }
    if (ref.length() % Hash.BYTES != 0 || ref.length() > (long) MEMBERS_MAX * Hash.BYTES) {
      throw new MalformedEncoding(
          "the members of a circle: "
              + ref
              + " has not some hashes of "
              + Hash.BYTES
              + " bytes, at most "
              + MEMBERS_MAX);
    }
    byte[] bytes = new byte[(int) ref.length()];
    Content.open(blobs, ref).read(0, MemorySegment.ofArray(bytes));
    List<Hash> cycle = new ArrayList<>(bytes.length / Hash.BYTES);
    for (int at = 0; at < bytes.length; at += Hash.BYTES) {
      cycle.add(Hash.read(bytes, at));
    }
    return cycle;
  }
}

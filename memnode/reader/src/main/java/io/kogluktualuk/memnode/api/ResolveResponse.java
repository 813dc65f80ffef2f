package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// Blobs whose hash begins as a [ResolveRequest] says.
///
/// @param hashes at most [#HASHES_MAX]; when there are that many, there may be more
public record ResolveResponse(List<Hash> hashes) {

  /// More than one is an error to the person who typed; a few help with the message.
  public static final int HASHES_MAX = 16;

  public ResolveResponse {
    hashes = List.copyOf(hashes);
    if (hashes.size() > HASHES_MAX) {
      throw new IllegalArgumentException(hashes.size() + " hashes, at most " + HASHES_MAX);
    }
  }

  static ResolveResponse read(CanonicalReader reader) {
    int count = reader.count(HASHES_MAX, Hash.BYTES, "the number of hashes");
    List<Hash> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(reader.hash());
    }
    return new ResolveResponse(hashes);
  }

  void write(CanonicalWriter writer) {
    writer.varint(hashes.size());
    hashes.forEach(writer::hash);
  }
}

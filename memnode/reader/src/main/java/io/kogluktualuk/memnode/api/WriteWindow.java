package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;

/// Memory that one session may write to, once, until it is sealed or expires. Its key is made for
/// it and is never valid again afterwards.
///
/// @param id what to seal
/// @param region where to write: the blobs that were granted, one behind the other, in their order
public record WriteWindow(long id, RemoteRegion region) {

  /// The most bytes that one window holds, and so one reservation may ask for: two of the largest
  /// blobs.
  public static final int BYTES_MAX = 8 << 20;

  static WriteWindow read(CanonicalReader reader) {
    long id = reader.varint();
    RemoteRegion region = RemoteRegion.read(reader);
    if (region.length() > BYTES_MAX) {
      throw reader.malformed("a window of " + region.length() + " bytes");
    }
    return new WriteWindow(id, region);
  }

  void write(CanonicalWriter writer) {
    region.write(writer.varint(id));
  }
}

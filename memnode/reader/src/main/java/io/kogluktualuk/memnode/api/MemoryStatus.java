package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// How full a memory node is, and what it has done since it started.
///
/// @param id the node's own identity
/// @param name what people call it
/// @param capacityBytes the most bytes its arenas may hold
/// @param usedBytes bytes of the arenas that are taken, by blobs and open windows, with alignment
/// @param blobBytes bytes of the sealed blobs
/// @param blobs how many blobs are sealed
/// @param indexBlobsMax how many blobs the index has been made for
/// @param windowsOpen windows handed out and neither sealed nor expired
/// @param sealed blobs sealed since the start
/// @param sealedBytes their bytes
/// @param refused windows whose bytes did not have the promised hash, since the start
/// @param dropped blobs that the last start did not find intact
/// @param calls control calls answered since the start, other than for this status
/// @param completions completions that the queue pairs of the data path have shown since the start:
///     reading and writing one-sidedly makes none
public record MemoryStatus(
    String id,
    String name,
    long capacityBytes,
    long usedBytes,
    long blobBytes,
    long blobs,
    long indexBlobsMax,
    long windowsOpen,
    long sealed,
    long sealedBytes,
    long refused,
    long dropped,
    long calls,
    long completions) {

  private static final int ID_BYTES_MAX = 64;
  private static final int NAME_BYTES_MAX = 255;

  static MemoryStatus read(CanonicalReader reader) {
    return new MemoryStatus(
        reader.text(ID_BYTES_MAX, "a node's id"),
        reader.text(NAME_BYTES_MAX, "a node's name"),
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
        reader.varint(),
        reader.varint());
  }

  void write(CanonicalWriter writer) {
    writer.text(id).text(name).varint(capacityBytes).varint(usedBytes).varint(blobBytes);
    writer.varint(blobs).varint(indexBlobsMax).varint(windowsOpen).varint(sealed);
    writer.varint(sealedBytes).varint(refused).varint(dropped);
    writer.varint(calls).varint(completions);
  }
}

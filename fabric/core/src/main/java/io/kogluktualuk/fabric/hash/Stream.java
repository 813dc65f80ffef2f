package io.kogluktualuk.fabric.hash;

import static io.kogluktualuk.fabric.hash.ShaLibrary.BLOCK_BYTES;
import static io.kogluktualuk.fabric.hash.ShaLibrary.STEP_BLOCKS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// One of several streams that are hashed at once: what is left of it.
///
/// **Threading:** one thread.
final class Stream {

  static final int NARROW = 3;

  private final Sha256 sha;
  private final NativeDigest digest;
  private final MemorySegment bytes;
  private long at;

  private Stream(Sha256 sha, NativeDigest digest, MemorySegment bytes) {
    this.sha = sha;
    this.digest = digest;
    this.bytes = bytes;
  }

  /// Feeds each digest with its bytes, as many at a time as there is native code for.
  static void feed(List<Sha256> digests, List<MemorySegment> bytes) {
    Deque<Stream> waiting = new ArrayDeque<>();
    for (int i = 0; i < digests.size(); i++) {
      Sha256 sha = digests.get(i);
      if (sha.digest() instanceof NativeDigest digest) {
        waiting.add(new Stream(sha, digest, bytes.get(i)));
      } else {
        sha.update(bytes.get(i));
      }
    }
    WideLanes wide =
        ShaLibrary.IS_WIDE && waiting.size() >= WideLanes.WORTH ? new WideLanes() : null;
    List<Stream> lanes = new ArrayList<>();
    while (!waiting.isEmpty() || !lanes.isEmpty()) {
      while (lanes.size() < (wide == null ? NARROW : WideLanes.LANES) && !waiting.isEmpty()) {
        lanes.add(waiting.remove().begun());
      }
      if (wide != null && lanes.size() >= WideLanes.WORTH) {
        int blocks = blocks(lanes, WideLanes.STEP_BLOCKS);
        if (blocks > 0) {
          wide.step(lanes, blocks);
        }
      } else {
        step(lanes.subList(0, Math.min(NARROW, lanes.size())));
      }
      lanes.removeIf(Stream::isOver);
    }
  }

  /// How many blocks all have, up to a limit.
  private static int blocks(List<Stream> lanes, int limit) {
    int blocks = limit;
    for (Stream lane : lanes) {
      blocks = Math.min(blocks, lane.blocksLeft());
    }
    return blocks;
  }

  private static void step(List<Stream> now) {
    int blocks = blocks(now, STEP_BLOCKS);
    if (blocks == 0) {
      return;
    }
    switch (now.size()) {
      case 1 -> ShaLibrary.blocks(now.get(0).state(), now.get(0).next(blocks), blocks);
      case 2 ->
          ShaLibrary.blocks(
              now.get(0).state(),
              now.get(0).next(blocks),
              now.get(1).state(),
              now.get(1).next(blocks),
              blocks);
      default ->
          ShaLibrary.blocks(
              now.get(0).state(),
              now.get(0).next(blocks),
              now.get(1).state(),
              now.get(1).next(blocks),
              now.get(2).state(),
              now.get(2).next(blocks),
              blocks);
    }
  }

  NativeDigest digest() {
    return digest;
  }

  private MemorySegment state() {
    return digest.state();
  }

  /// Up to where its digest is between two blocks.
  private Stream begun() {
    take(Math.min(digest.missing(), bytes.byteSize()));
    return this;
  }

  private int blocksLeft() {
    return (int) Math.min(STEP_BLOCKS, (bytes.byteSize() - at) / BLOCK_BYTES);
  }

  private MemorySegment next(int blocks) {
    int length = blocks * BLOCK_BYTES;
    MemorySegment next = sha.heap(bytes, at, length);
    at += length;
    digest.advanced(blocks);
    return next;
  }

  /// Takes so many bytes to elsewhere; whoever hashes them tells the digest.
  void next(byte[] into, int offset, int length) {
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, into, offset, length);
    at += length;
  }

  /// Whether less than a block is left; then that is taken, too.
  private boolean isOver() {
    if (blocksLeft() > 0) {
      return false;
    }
    take(bytes.byteSize() - at);
    return true;
  }

  private void take(long count) {
    sha.update(bytes.asSlice(at, count));
    at += count;
  }
}

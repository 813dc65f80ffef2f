package io.kogluktualuk.fabric.hash;

import static io.kogluktualuk.fabric.hash.ShaLibrary.BLOCK_BYTES;
import static io.kogluktualuk.fabric.hash.ShaLibrary.STEP_BLOCKS;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// One of several streams that are hashed at once: what is left of it.
///
/// **Threading:** one thread.
final class Stream {

  private static final int LANES = 3;

  private final Sha256 sha;
  private final NativeDigest digest;
  private final MemorySegment bytes;
  private long at;

  private Stream(Sha256 sha, NativeDigest digest, MemorySegment bytes) {
    this.sha = sha;
    this.digest = digest;
    this.bytes = bytes;
  }

  /// Feeds each digest with its bytes, up to three at a time.
  static void feed(List<Sha256> digests, List<MemorySegment> bytes) {
    Deque<Stream> waiting = new ArrayDeque<>();
    Deque<Stream> lanes = new ArrayDeque<>(LANES);
    for (int i = 0; i < digests.size(); i++) {
      Sha256 sha = digests.get(i);
      if (sha.digest() instanceof NativeDigest digest) {
        waiting.add(new Stream(sha, digest, bytes.get(i)));
      } else {
        sha.update(bytes.get(i));
      }
    }
    while (!waiting.isEmpty() || !lanes.isEmpty()) {
      while (lanes.size() < LANES && !waiting.isEmpty()) {
        lanes.add(waiting.remove().begun());
      }
      step(lanes);
      lanes.removeIf(Stream::isOver);
    }
  }

  private static void step(Deque<Stream> lanes) {
    int blocks = STEP_BLOCKS;
    for (Stream lane : lanes) {
      blocks = Math.min(blocks, lane.blocksLeft());
    }
    if (blocks == 0) {
      return;
    }
    Stream[] now = lanes.toArray(new Stream[0]);
    switch (now.length) {
      case 1 -> ShaLibrary.blocks(now[0].state(), now[0].next(blocks), blocks);
      case 2 ->
          ShaLibrary.blocks(
              now[0].state(), now[0].next(blocks), now[1].state(), now[1].next(blocks), blocks);
      default ->
          ShaLibrary.blocks(
              now[0].state(),
              now[0].next(blocks),
              now[1].state(),
              now[1].next(blocks),
              now[2].state(),
              now[2].next(blocks),
              blocks);
    }
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

package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.RegisteredPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Blobs kept in registered memory, where one-sided reads have put them and they have been
/// verified.
///
/// ```
/// slab: 4 blocks, registered together when they are first needed
/// ┌─ block: 4 MiB ──────────┬─ block ────────┬─ block, open ──────────────┬─ block ───┐
/// │ one blob over 1 MiB     │ another        │ small │ small │ small │ ▒▒▒ │ free ▒▒▒▒ │
/// └─────────────────────────┴────────────────┴───────┴───────┴───────┴─────┴───────────┘
/// ```
///
/// A blob is lent in place, and its block is *pinned* as long as it is lent. When a block is
/// needed, the one that was lent from longest ago is emptied, unless it is pinned. So there are no
/// holes to look for, and a blob over 1 MiB is pinned without neighbours. The price is what blobs
/// of 1 to 4 MiB leave of their blocks: a quarter with those that content is cut into.
///
/// **Threading:** any thread; one lock, held for a map operation, or while a slab is registered.
/// **Ownership:** owns the memory. **Bound:** the bytes of its blocks, whatever lies in them. When
/// all are pinned, or no more memory can be registered, nothing more is kept: nobody waits.
final class KeptBlobs implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KeptBlobs.class);

  static final int BLOCK_BYTES = Blob.LENGTH_MAX;
  static final int SLAB_BLOCKS = 4;

  /// Longer blobs have a block of their own.
  static final int SHARED_MAX = 1 << 20;

  /// A cache line: adapters and copies like it.
  private static final int ALIGNMENT = 64;

  /// A fresh slab has all its blocks.
  private static final Deadline AT_ONCE = Deadline.after(Duration.ZERO);

  private static final class Block {
    final RegisteredBuffer buffer;
    final List<Hash> blobs = new ArrayList<>();
    int used;
    int pins;
    long lastLent;

    Block(RegisteredBuffer buffer) {
      this.buffer = buffer;
    }
  }

  /// A part of a block.
  private record Piece(Block block, int offset, int length) {}

  private final int blocksMax;
  private final List<RegisteredPool> slabs = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Deque<Block> empty = new ArrayDeque<>();
  private final Map<Hash, Piece> pieces = new HashMap<>();
  private @Nullable Block open;
  private long lendings;
  private boolean isFull;
  private boolean isClosed;

  /// @param bytesMax rounded down to blocks; nothing is kept when there is no room for one
  KeptBlobs(long bytesMax) {
    this.blocksMax = (int) Math.min(Integer.MAX_VALUE, bytesMax / BLOCK_BYTES);
    this.isFull = blocksMax == 0;
  }

  /// Lends a blob that is kept.
  synchronized @Nullable Fetched lend(Hash hash) {
    Piece piece = pieces.get(hash);
    return piece == null || isClosed ? null : new Fetched(pin(piece), piece.length());
  }

  /// Room for one blob, until it is given back or [#keep] is called for it.
  final class Room {
    private final Piece piece;
    private final RegisteredBuffer buffer;

    private Room(Piece piece) {
      this.piece = piece;
      this.buffer = pin(piece);
    }

    /// Pins the room as long as it is lent.
    RegisteredBuffer buffer() {
      return buffer;
    }

    /// What was read into the room is that blob. To be called before the buffer is given back.
    void keep(Hash hash) {
      synchronized (KeptBlobs.this) {
        if (pieces.putIfAbsent(hash, piece) == null) {
          piece.block().blobs.add(hash);
        }
      }
    }
  }

  /// Room for a blob, or null when there is none now.
  synchronized @Nullable Room reserve(long length) {
    if (isClosed) {
      return null;
    }
    if (length > SHARED_MAX) {
      Block block = take();
      return block == null ? null : new Room(new Piece(block, 0, (int) length));
    }
    Block shared = open;
    if (shared == null || shared.used + length > BLOCK_BYTES) {
      shared = take();
      open = shared;
    }
    if (shared == null) {
      return null;
    }
    Piece piece = new Piece(shared, shared.used, (int) length);
    shared.used = (int) (shared.used + length + ALIGNMENT - 1) & -ALIGNMENT;
    return new Room(piece);
  }

  private RegisteredBuffer pin(Piece piece) {
    Block block = piece.block();
    block.pins++;
    block.lastLent = ++lendings;
    return block.buffer.part(piece.offset(), piece.length(), () -> unpin(block));
  }

  private synchronized void unpin(Block block) {
    block.pins--;
    if (isClosed && block.pins == 0) {
      block.buffer.close();
    }
  }

  /// An empty block.
  private @Nullable Block take() {
    if (empty.isEmpty() && !isFull) {
      grow();
    }
    if (empty.isEmpty()) {
      evict();
    }
    return empty.poll();
  }

  private void grow() {
    int count = Math.min(SLAB_BLOCKS, blocksMax - blocks.size());
    try {
      RegisteredPool slab = RegisteredPool.create(BLOCK_BYTES, count);
      slabs.add(slab);
      for (int i = 0; i < count; i++) {
        Block block = new Block(slab.acquire(AT_ONCE));
        blocks.add(block);
        empty.add(block);
      }
      isFull = blocks.size() == blocksMax;
    } catch (FabricException e) {
      LOG.warn("blobs are kept in {} MiB of registered memory: no more of it", mebibytes(), e);
      isFull = true;
    }
  }

  private int mebibytes() {
    return blocks.size() * (BLOCK_BYTES >> 20);
  }

  /// Empties the block that was lent from longest ago, if there is one that is not pinned.
  private void evict() {
    Block eldest = null;
    for (Block block : blocks) {
      if (block.pins == 0 && (eldest == null || block.lastLent < eldest.lastLent)) {
        eldest = block;
      }
    }
    if (eldest != null) {
      eldest.blobs.forEach(pieces::remove);
      eldest.blobs.clear();
      eldest.used = 0;
      if (open == eldest) {
        open = null;
      }
      empty.add(eldest);
    }
  }

  /// What its blocks take.
  synchronized long bytes() {
    return (long) blocks.size() * BLOCK_BYTES;
  }

  long bytesMax() {
    return (long) blocksMax * BLOCK_BYTES;
  }

  @Override
  public void close() {
    List<RegisteredPool> all;
    synchronized (this) {
      isClosed = true;
      pieces.clear();
      blocks.stream().filter(block -> block.pins == 0).forEach(block -> block.buffer.close());
      all = List.copyOf(slabs);
    }
    // Each waits a little for what is lent.
    all.forEach(RegisteredPool::close);
  }
}

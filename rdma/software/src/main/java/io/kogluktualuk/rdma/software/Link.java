package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.fault.Refused;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The memory that the two sides of one connection share.
///
/// ```
/// offset 0                          HEADER_BYTES (64)
///        | magic (8) | nonce (8) | unused |
/// then twice, first written by the active side, then by the passive side, SIDE_BYTES each:
///        +0    tail        (8)  bytes this side has written to its ring, ever
///        +64   head        (8)  bytes this side has taken from the other side's ring, ever
///        +128  recvPosted  (8)  RECVs this side has posted, ever
///        +192  waiting     (4)  this side has a SEND that waits for space or for a RECV
///        +200  ready       (4)  this side is up: before, what it has posted is not told
///        +256  recvLengths (4 x RECV_SLOTS)     what RECV number i may take, at i mod RECV_SLOTS
///        +...  grants      (8 x GRANT_SLOTS)    regions of this side that the other side may use
///        +...  ring        (RING_BYTES)         see [Ring]
/// ```
///
/// A grant is `rkey (32 bits) | users (31 bits) | valid (1 bit)`. Who accesses the region adds 2
/// before and takes 2 off afterwards; who withdraws it clears the low bit and waits for users to
/// leave. So no access happens after deregistration has returned, as with an adapter.
///
/// A sender sees how many RECVs are posted and how long each is. It can therefore complete a SEND
/// when the bytes are in the ring, as an adapter does when they are in the receiver's memory, and
/// finds a missing RECV or one that is too short without a round trip.
///
/// **Threading:** each field has one writing side; the owners' locks serialise within a side,
/// except for grants, which are atomic.
final class Link {

  static final int RECV_SLOTS = 4096;
  static final int GRANT_SLOTS = 512;
  static final int RING_BYTES = 128 * 1024;

  static final int TAIL = 0;
  static final int HEAD = 64;
  static final int RECV_POSTED = 128;
  static final int WAITING = 192;
  static final int READY = 200;
  static final int RECV_LENGTHS = 256;
  static final int GRANTS = RECV_LENGTHS + 4 * RECV_SLOTS;
  static final int RING = GRANTS + 8 * GRANT_SLOTS;
  static final int SIDE_BYTES = RING + RING_BYTES;
  static final int HEADER_BYTES = 64;
  static final int BYTES = HEADER_BYTES + 2 * SIDE_BYTES;

  private static final long MAGIC = 0x4b4f474c494e4b31L;
  private static final long NONCE = 8;

  static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private final Arena arena;
  private final @Nullable SharedFile file;

  /// What this side writes, and what it reads.
  final MemorySegment own;

  final MemorySegment other;

  private Link(Arena arena, @Nullable SharedFile file, MemorySegment all, boolean active) {
    this.arena = arena;
    this.file = file;
    MemorySegment first = all.asSlice(HEADER_BYTES, SIDE_BYTES);
    MemorySegment second = all.asSlice(HEADER_BYTES + SIDE_BYTES, SIDE_BYTES);
    this.own = active ? first : second;
    this.other = active ? second : first;
  }

  /// Made by the active side.
  static Link create(long nonce) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      SharedFile file = SharedFile.create(BYTES, arena);
      file.segment().set(ValueLayout.JAVA_LONG, 0, MAGIC);
      file.segment().set(ValueLayout.JAVA_LONG, NONCE, nonce);
      return new Link(arena, file, file.segment(), true);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// Opened by the passive side, from what the active side told.
  ///
  /// @throws Refused when it is not what it should be
  static Link open(String token, long nonce) {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment all = SharedFile.open(token, BYTES, arena);
      if (all.get(ValueLayout.JAVA_LONG, 0) != MAGIC
          || all.get(ValueLayout.JAVA_LONG, NONCE) != nonce) {
        throw new Refused("shared memory '" + token + "' is not the one that was announced");
      }
      return new Link(arena, null, all, false);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  String token() {
    if (file == null) {
      throw new IllegalStateException("only the side that made a link can announce it");
    }
    return file.token();
  }

  /// The peer has mapped it too: from now on it has no name any more.
  void unlink() {
    if (file != null) {
      file.close();
    }
  }

  /// Unmaps. Nobody may be inside an operation on it.
  void close() {
    arena.close();
  }
}

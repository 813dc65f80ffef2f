package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.fault.Refused;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The other end of an established connection, as a queue pair sees it.
///
/// **Threading:** used under the queue pair's locks; [#close] needs both of them.
final class Peer {

  /// [Link#WAITING]: a send waits, and its owner sleeps at its doorbell.
  static final int WAITS_AT_DOORBELL = 1;

  /// [Link#WAITING]: a send waits, and its owner wants to be told over the socket.
  static final int WAITS_AT_SOCKET = 2;

  final Link link;
  final Wire wire;
  final String process;
  private final Arena arena;
  private final @Nullable MemorySegment doorbell;
  private final boolean canBeRung;

  private Peer(
      Link link,
      Wire wire,
      String process,
      Arena arena,
      @Nullable MemorySegment doorbell,
      boolean canBeRung) {
    this.canBeRung = canBeRung;
    this.link = link;
    this.wire = wire;
    this.process = process;
    this.arena = arena;
    this.doorbell = doorbell;
  }

  /// @param doorbell an empty token when the peer sleeps at none
  /// @param canBeRung whether this side sleeps at a doorbell, for sends too
  /// @throws Refused when the doorbell is not what was announced
  static Peer open(
      Link link, Wire wire, String process, CmMessage.Memory doorbell, boolean canBeRung) {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment word = doorbell.token().isEmpty() ? null : openDoorbell(doorbell, arena);
      return new Peer(link, wire, process, arena, word, canBeRung);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment openDoorbell(CmMessage.Memory doorbell, Arena arena) {
    MemorySegment word = SharedFile.open(doorbell.token(), Doorbell.BYTES, arena);
    if (word.get(ValueLayout.JAVA_LONG, Doorbell.NONCE) != doorbell.nonce()) {
      throw new Refused("doorbell '" + doorbell.token() + "' is not the one that was announced");
    }
    return word;
  }

  /// How this side learns that a waiting send can go on: see [Link#WAITING].
  int howThisSideWaits() {
    return canBeRung ? WAITS_AT_DOORBELL : WAITS_AT_SOCKET;
  }

  /// Wakes the peer if it sleeps, after something was put into the ring.
  void ring() {
    VarHandle.fullFence();
    if (doorbell != null && Doorbell.answer(doorbell)) {
      if (Futex.isAvailable()) {
        Futex.wake(doorbell);
      } else {
        wire.send(new CmMessage.Ring());
      }
    }
  }

  /// Tells a peer whose send waits that there is room or a RECV now.
  void ringIfSenderWaits() {
    VarHandle.fullFence();
    int waiting = (int) Link.INT.getVolatile(link.other, (long) Link.WAITING);
    if (waiting != 0 && Link.INT.compareAndSet(link.other, (long) Link.WAITING, waiting, 0)) {
      if (waiting == WAITS_AT_DOORBELL) {
        ring();
      } else {
        wire.send(new CmMessage.Ring());
      }
    }
  }

  void close() {
    arena.close();
    link.close();
  }
}

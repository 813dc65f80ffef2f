package io.kogluktualuk.computenode.runtime.transaction;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The other compute nodes, and which of them can take work.
///
/// **Threading:** safe for any number of threads; no call blocks.
public interface Peers {

  /// Nobody else.
  Peers NONE =
      new Peers() {
        @Override
        public @Nullable Peer tryTake() {
          return null;
        }

        @Override
        public boolean hasRoom() {
          return false;
        }

        @Override
        public void release(Peer peer, boolean hadRoom) {}

        @Override
        public void onRoom(Runnable listener) {}

        @Override
        public Collection<Peer> all() {
          return List.of();
        }
      };

  /// Takes a slot of a peer that is believed to have a free one; it is given back with [#release].
  @Nullable Peer tryTake();

  /// Whether [#tryTake] would give one now.
  boolean hasRoom();

  /// Gives a slot back.
  ///
  /// @param hadRoom false when the peer refused or is gone: it is left alone for a while
  void release(Peer peer, boolean hadRoom);

  /// Sets who is told when a peer may have room again. Called once.
  void onRoom(Runnable listener);

  /// All of them, with or without room.
  Collection<Peer> all();
}

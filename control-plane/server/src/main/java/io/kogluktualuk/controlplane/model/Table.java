package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import java.util.function.Consumer;

/// One replicated table: it decides on commands, and changes only by replaying what it decided.
///
/// Deciding reads the state, validates, and returns changes and a reply. Replaying a change is
/// the only way the state moves, and it is the same on the leader, on followers, after a restart
/// and out of a snapshot. Whatever both depend on is in the command, in the entry that brought
/// it, or in the state.
///
/// **Threading:** one thread at a time; queries may run beside each other but not beside these.
///
/// @param <C> what may be asked of it
/// @param <X> what may happen to it
public interface Table<C, X> {

  /// The stable number of this table in entries and snapshots.
  int number();

  C readCommand(CanonicalReader reader);

  X readChange(CanonicalReader reader);

  /// @throws io.kogluktualuk.fabric.fault.FabricException when the command is refused; nothing has
  ///     changed then
  Decision<X> decide(C command, Moment at);

  void replay(X change);

  /// Freezes the state as changes that, replayed on an empty table, give it again. Cheap to call;
  /// what it returns may be run later, by another thread.
  Consumer<ChangeWriter> freeze();

  /// Forgets everything.
  void clear();

  /// Where a frozen table writes its changes, in their canonical encoding.
  interface ChangeWriter {
    void write(byte[] change);
  }
}

package io.kogluktualuk.paxoslog.api;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.function.Supplier;

/// Entries in one order that all replicas agree on, applied to a [StateMachine] on each of them.
///
/// **Threading:** safe for any number of threads; calls block. Virtual threads are welcome.
/// **Durability:** an entry whose [#append] has returned is on the disks of a majority and survives
/// kill -9 of every process.
/// **Errors:** [io.kogluktualuk.fabric.fault.Unavailable] when there is no leader or the outcome is
/// unknown because leadership moved (the entry may or may not be applied: commands must bear being
/// proposed twice); [io.kogluktualuk.fabric.fault.DeadlineExceeded] likewise leaves the outcome
/// open;
/// [io.kogluktualuk.fabric.fault.Corruption] once the state machine has failed, for ever after;
/// [io.kogluktualuk.fabric.fault.AlreadyClosed] after [#close].
public interface ReplicatedLog extends AutoCloseable {

  /// The longest entry. Well below what one message of the consensus transport can carry, so that
  /// several entries travel together.
  int ENTRY_BYTES_MAX = 1 << 20;

  /// Has an entry agreed on, made durable and applied.
  ///
  /// @return the reply of [StateMachine#apply]
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the entry is too long
  byte[] append(byte[] entry, Deadline deadline);

  /// Runs a query on the applied state of this replica, never at the same time as an entry is
  /// applied. On the leader it sees every entry whose append has returned. A query is short: the
  /// log
  /// stands still meanwhile, other queries do not.
  <T> T read(Supplier<T> query);

  /// What this replica knows about itself now.
  LogStatus status();

  /// Writes a snapshot of everything applied so far and forgets the log before it.
  void snapshot(Deadline deadline);

  /// Stops this replica in order. Waiting appends fail.
  @Override
  void close();
}

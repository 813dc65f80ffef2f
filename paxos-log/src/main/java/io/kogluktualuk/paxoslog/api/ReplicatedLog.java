package io.kogluktualuk.paxoslog.api;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.function.Supplier;

/// Entries in one order that all replicas agree on, applied to a [StateMachine] on each of them.
///
/// **Threading:** safe for any number of threads; calls block. Virtual threads are welcome.
/// **Durability:** an entry whose [#append] has returned is on the disks of a majority and
/// survives kill -9 of every process.
/// **Exactly once:** while leaders change, an append is repeated until its deadline under one
/// number that the replicas remember for some seconds, so it is not applied twice by being
/// repeated here. A caller that repeats a call whose outcome was open is another matter:
/// commands that must not be done twice carry a request id of their own, which the state machine
/// remembers.
/// **Errors:** [io.kogluktualuk.fabric.fault.DeadlineExceeded] and
/// [io.kogluktualuk.fabric.fault.Unavailable] say in words whether the outcome is open (the
/// entry may be applied, now or later) or the entry was not proposed;
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
  /// log stands still meanwhile, other queries do not.
  <T> T read(Supplier<T> query);

  /// Waits until this replica has applied everything whose append had returned anywhere before
  /// this call. A [#read] after it misses nothing that was acknowledged before it.
  ///
  /// The leader confirms that it still is one, which costs nothing while its lease lasts; others
  /// ask the leader, and calls that come while such a question is under way share the next one.
  ///
  /// @throws io.kogluktualuk.fabric.fault.DeadlineExceeded when no leader answered in time
  void barrier(Deadline deadline);

  /// What this replica knows about itself now.
  LogStatus status();

  /// Writes a snapshot of everything applied so far and forgets the log before it.
  void snapshot(Deadline deadline);

  /// Stops this replica in order. Waiting appends fail.
  @Override
  void close();
}

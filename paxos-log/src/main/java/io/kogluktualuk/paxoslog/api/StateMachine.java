package io.kogluktualuk.paxoslog.api;

import java.io.IOException;
import java.io.InputStream;

/// State that depends on nothing but the entries applied to it, in their order.
///
/// The same entries give the same state and the same replies on every replica and after every
/// restart: no clock, no randomness, no identity hashes, no I/O.
///
/// **Threading:** the log makes one call at a time. Queries through [ReplicatedLog#read] run
/// between calls, possibly several at once, and must not change anything that entries depend on.
public interface StateMachine {

  /// Changes the state and says what came of it. A command that must be refused is refused in the
  /// reply; whatever is thrown here means a broken machine and stops this replica.
  byte[] apply(long index, byte[] entry);

  /// Freezes the state. Cheap: the log stands still meanwhile. The frozen view is written by
  /// another thread while more entries are applied.
  Snapshot snapshot();

  /// Replaces the whole state by that of a snapshot. The bytes are checked by the log as they pass,
  /// but the verdict comes after the last one: a machine must bear garbage without exhausting
  /// memory.
  void load(InputStream source) throws IOException;
}

package io.kogluktualuk.paxoslog.simulated;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One replica: what is on its disk, and what it has made of it.
///
/// **Threading:** that of its [SimulatedCluster].
final class SimulatedReplica<M extends StateMachine> {

  private final String id;

  // On its disk: survives a crash.
  private int synced;
  private int snapshotAt;
  private byte @Nullable [] snapshot;

  // In its memory, or on the way to its disk.
  private int stored;
  private @Nullable M machine;
  private int applied;
  private byte[] reply = new byte[0];
  private @Nullable Corruption failure;

  private boolean isCut;

  SimulatedReplica(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  boolean isUp() {
    return machine != null;
  }

  /// Whether it can talk with others that can.
  boolean isReachable() {
    return machine != null && !isCut && failure == null;
  }

  void setCut(boolean cut) {
    isCut = cut;
  }

  @Nullable M machine() {
    return machine;
  }

  int stored() {
    return stored;
  }

  int applied() {
    return applied;
  }

  int snapshotAt() {
    return snapshotAt;
  }

  @Nullable Corruption failure() {
    return failure;
  }

  /// The reply to the last entry applied here.
  byte[] lastReply() {
    return reply;
  }

  /// Starts on what the disk has.
  void start(M fresh) {
    machine = fresh;
    failure = null;
    applied = snapshotAt;
    if (snapshot != null) {
      try {
        fresh.load(new ByteArrayInputStream(snapshot));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// What had not reached the disk is gone.
  void stop() {
    machine = null;
    stored = synced;
  }

  /// Takes the agreed entries up to a point, which will reach its disk some time.
  void store(int upTo) {
    stored = Math.max(stored, upTo);
  }

  /// Gets the agreed entries up to a point onto its disk now.
  void sync(int upTo) {
    store(upTo);
    synced = Math.max(synced, upTo);
  }

  /// Applies what is on its disk, up to a point.
  void apply(List<byte[]> agreed, int upTo) {
    M running = machine;
    while (running != null && failure == null && applied < Math.min(upTo, stored)) {
      try {
        reply = running.apply(applied + 1L, agreed.get(applied).clone());
        applied++;
      } catch (RuntimeException | Error broken) {
        failure =
            new Corruption(
                "the state machine broke at entry " + (applied + 1) + " of the log: " + broken,
                broken);
      }
    }
  }

  void snapshot() {
    M running = machine;
    if (running == null || failure != null) {
      return;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      running.snapshot().writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    snapshot = bytes.toByteArray();
    snapshotAt = applied;
    sync(applied);
  }
}

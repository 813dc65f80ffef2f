package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Transactions in the way of a compute node: it looks whether the outcome is known, and holds what
/// that names before it answers; what is unknown or lost is computed, again if need be.
///
/// **Threading:** one thread.
///
/// @param name who runs them
record SimulatedRuns(String name, SimulatedFabric fabric, SimulatedClient client) {

  /// Runs a transaction, or knows its outcome.
  void run(int number) {
    Hash key = Hash.of(("run " + number).getBytes(StandardCharsets.UTF_8));
    boolean mustHit = fabric.truth().isKnown(key);
    Optional<Outcome> found = fabric.control().lookup(name, key);
    if (found.isEmpty() && mustHit) {
      throw new AssertionError("run " + number + " was known, and a later lookup has missed");
    }
    found.ifPresent(outcome -> fabric.truth().known(key, outcome));
    Blob output = output(number);
    Outcome outcome = found.orElseGet(() -> outcome(output));
    Set<Hash> absent = client.hold(Set.of(outcome.output().hash()));
    if (!absent.isEmpty()) {
      client.put(output, false, true);
    }
    client.checkPromised(output.hash());
    if (found.isEmpty()) {
      record(key, outcome);
    }
  }

  private void record(Hash key, Outcome outcome) {
    MemoRecord memo = new MemoRecord(key, outcome, name, 1000);
    fabric.control().propose(name, null, new MemoCommand.Record(memo).toProposal());
    fabric.truth().known(key, outcome);
  }

  /// The same whoever computes it.
  private static Blob output(int number) {
    byte[] bytes = new byte[300 + 100 * number];
    Arrays.fill(bytes, (byte) (number + 1));
    return Blob.of(bytes);
  }

  private static Outcome outcome(Blob output) {
    Ref ref = Ref.ofBlob(output);
    return new Outcome(new Ending.Exited(0), 1000, ref, ref, ref);
  }
}

package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// Records and looks up memos of few keys, so that clients meet at them.
///
/// **Threading:** one thread.
final class MemoWork implements Work {

  private static final int KEYS = 60;

  private final ControlClient control;
  private final History history;
  private final String space;

  MemoWork(ControlClient control, History history, String space) {
    this.control = control;
    this.history = history;
    this.space = space;
  }

  @Override
  public void once(RandomGenerator random) {
    Hash key = key(random.nextInt(KEYS));
    if (random.nextInt(3) == 0) {
      record(key, random);
    } else {
      lookup(key);
    }
  }

  private Hash key(int number) {
    return Hash.of((space + "/memo/" + number).getBytes(StandardCharsets.UTF_8));
  }

  private void record(Hash key, RandomGenerator random) {
    Ref value = Ref.ofBlob(Blob.of(Mutations.randomBytes(32, random)));
    Outcome outcome = new Outcome(new Ending.Exited(0), 1, value, value, value);
    MemoRecord memo = new MemoRecord(key, outcome, "fault-suite", 1);
    history.did(
        Step.Kind.RECORD,
        key.toHex(),
        value.toString(),
        () ->
            switch (control.record(memo)) {
              case Recorded.First _ -> MemoChecker.FIRST;
              case Recorded.Same _ -> MemoChecker.SAME;
              case Recorded.Disagreeing(Ref kept) -> MemoChecker.KEPT + kept;
              case Recorded.NoRoom full -> throw full.toOutOfSpace();
            });
  }

  private void lookup(Hash key) {
    history.did(
        Step.Kind.LOOKUP,
        key.toHex(),
        "",
        () -> {
          Outcome found = control.lookup(key);
          return found == null ? MemoChecker.MISS : MemoChecker.HIT + found.output();
        });
  }

  /// Looks up all keys once more.
  void lookAll() {
    for (int number = 0; number < KEYS; number++) {
      lookup(key(number));
    }
  }
}

package io.kogluktualuk.paxoslog.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.paxoslog.api.HistoryMachine;
import io.kogluktualuk.paxoslog.api.LogContract;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The contract on a simulated log with one replica.
final class SimulatedLogTest extends LogContract {

  private @Nullable StateMachine next;
  private @Nullable SimulatedCluster<StateMachine> cluster;

  @Override
  protected ReplicatedLog open(StateMachine machine) {
    next = machine;
    SimulatedCluster<StateMachine> opened = cluster;
    if (opened == null) {
      opened =
          new SimulatedCluster<>(
              RandomGeneratorFactory.of("L64X128MixRandom").create(1),
              LogFaults.NONE,
              _ -> Objects.requireNonNull(next),
              List.of("c1"));
      cluster = opened;
    } else {
      opened.restart("c1");
    }
    return opened.log("c1");
  }

  @Test
  void aStatusOfAnUntouchedLogIsEmpty() {
    try (ReplicatedLog log = open(new HistoryMachine())) {
      assertEquals(0, log.status().appliedIndex());
    }
  }
}

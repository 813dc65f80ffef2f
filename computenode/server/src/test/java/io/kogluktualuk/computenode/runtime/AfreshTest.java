package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node that is told to run everything again does so, and believes nobody.
@Timeout(60)
class AfreshTest {

  private static final String[] SUM = {
    "/bin/probe", "cat", "/twice", "cat", "/once", "cat", "/twice"
  };

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final InMemoryMemos memos = new InMemoryMemos();
  private final Bench one = new Bench(store, memos, 1, Peers.NONE);
  private final Bench two = new Bench(store, memos, 1, Peers.NONE);
  private final RunReport known;

  AfreshTest() {
    one.narrowed("/once", "/bin/probe", "/bin/probe", "say", "x");
    one.narrowed("/twice", "/bin/probe /once", "/bin/probe", "cat", "/once", "say", "y");
    known = one.run(SUM);
    assertEquals("x\ny\nx\nx\ny\n", one.text(known.outcome().output()));
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  @Test
  void everythingRunsAgainOnceEach() {
    assertEquals(3, known.counters().run());
    assertEquals(Disposition.HIT, two.engine.run(two.request(known.key())).disposition());
    for (Bench node : new Bench[] {two, one}) {
      for (int round = 0; round < 2; round++) {
        RunReport again = node.runAfresh(known.key());
        assertEquals(Disposition.RUN, again.disposition());
        assertEquals(known.outcome(), again.outcome());
        assertEquals(3, again.counters().run(), again.toString());
        assertEquals(0, again.counters().handedOver());
      }
    }
  }

  @Test
  void aSubtransactionWithAnotherOutcomeIsFoundOut() {
    Hash part =
        one.trace(known).stream()
            .filter(step -> step.path().equals("/once"))
            .filter(Trace.Computed.class::isInstance)
            .map(step -> ((Trace.Computed) step).key())
            .findFirst()
            .orElseThrow();
    Outcome right = known(part);
    memos.outcomes.put(
        part,
        new Outcome(
            right.ending(),
            right.fuelUsed() + 1,
            right.output(),
            right.diagnostics(),
            right.trace()));
    FabricException fault = assertThrows(FabricException.class, () -> two.runAfresh(known.key()));
    assertTrue(String.valueOf(fault.getMessage()).contains(part.toString()), fault::toString);
  }

  private Outcome known(Hash key) {
    Outcome outcome = memos.outcomes.get(key);
    if (outcome == null) {
      throw new AssertionError(key + " is not recorded");
    }
    return outcome;
  }
}

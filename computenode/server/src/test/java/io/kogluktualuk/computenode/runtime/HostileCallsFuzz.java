package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Host functions called with arguments that mean no good, by the guest `hostile.c`: the program
/// ends in one of the ways in which programs end, and in the same way every time.
@Timeout(300)
class HostileCallsFuzz {

  private static final int CALLS = 3_000;

  private static final Limits LIMITS = new Limits(200_000_000L, 16L << 20, 64L << 20);

  @Test
  void everyCallIsAnsweredOrTrapped() {
    try (Bench bench = new Bench(1);
        Bench other = new Bench(1)) {
      fill(bench);
      fill(other);
      Seeds.run(
          HostileCallsFuzz.class,
          25,
          random -> {
            String seed = Long.toUnsignedString(random.nextLong());
            RunReport first = run(bench, seed);
            RunReport second = run(other, seed);
            assertEquals(first.key(), second.key());
            assertEquals(first.outcome(), second.outcome());
            assertNotEquals(new Ending.Invalid(), first.outcome().ending());
          });
    }
  }

  private static void fill(Bench bench) {
    bench.bind("/data/a", "12345").bind("/data/sub/b", "x").bind("/tmp/e/f", "given");
    bench.bind("/data/long", "0123456789".repeat(1_000_000)).thunk("/later", "/bin/hello");
  }

  private static RunReport run(Bench bench, String seed) {
    List<String> argv = List.of("/bin/hostile", seed, "" + CALLS);
    return bench.run(Transaction.of(bench.root(), argv, LIMITS));
  }
}

package io.kogluktualuk.computenode.runtime.transaction;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunCostsTest {

  private final RunCosts costs = new RunCosts();

  @Test
  void whatIsNotKnownIsNotQuicker() {
    for (int i = 0; i < 15; i++) {
      assertFalse(isQuicker("/bin/a", Long.MAX_VALUE));
      costs.of(program("/bin/a")).ran(1);
    }
    costs.of(program("/bin/a")).ran(1);
    assertTrue(isQuicker("/bin/a", 2));
    assertFalse(isQuicker("/bin/b", Long.MAX_VALUE));
  }

  @Test
  void aProgramThatTurnsSlowIsAskedForAgain() {
    for (int i = 0; i < 50; i++) {
      costs.of(program("/bin/a")).ran(20_000);
    }
    assertTrue(isQuicker("/bin/a", 60_000));
    costs.of(program("/bin/a")).ran(1_000_000);
    assertFalse(isQuicker("/bin/a", 60_000));
  }

  private boolean isQuicker(String path, long nanos) {
    ProgramAt known = costs.known(program(path));
    return known != null && known.isQuicker(nanos);
  }

  private static Transaction program(String path) {
    Ref root = new Ref(Kind.TREE, Hash.of(new byte[0]), 6);
    return Transaction.of(root, List.of(path, "argument"), Limits.DEFAULT);
  }
}

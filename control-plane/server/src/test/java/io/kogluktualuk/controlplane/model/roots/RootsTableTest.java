package io.kogluktualuk.controlplane.model.roots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RootsTableTest {

  private final RootsTable table = new RootsTable();

  private long set(String name, @Nullable Ref ref) {
    var decision = table.decide(new RootsCommand(new RootName(name), null, ref), new Moment(0, 0));
    decision.changes().forEach(table::replay);
    return RootsTable.readReply(decision.reply());
  }

  @Test
  void rootsHaveABound() {
    Ref ref = Memos.blob("x");
    for (int i = 1; i <= RootsTable.ROOTS_MAX; i++) {
      table.replay(new RootsChange.Set(new Root(new RootName("r" + i), i, ref, 0)));
    }
    assertThrows(OutOfSpace.class, () -> set("one-more", ref));
    assertEquals(RootsTable.ROOTS_MAX + 1, set("r1", Memos.blob("y")), "one that is there");
    set("r2", null);
    assertEquals(RootsTable.ROOTS_MAX + 3, set("one-more", ref));
  }
}

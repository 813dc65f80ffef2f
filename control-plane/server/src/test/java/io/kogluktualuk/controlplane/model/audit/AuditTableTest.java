package io.kogluktualuk.controlplane.model.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.AuditChain;
import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.Corruption;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class AuditTableTest {

  private final AuditTable table = new AuditTable(10);

  private void add(String details) {
    table.replay(table.entry("ada", new Effect.Audited("root.set", details), new Moment(5, 0)));
  }

  @Test
  void theTailIsKeptBehindTheHashOfWhatWasCut() {
    for (int i = 1; i <= 25; i++) {
      add("number " + i);
    }
    assertEquals(15, table.head().anchorSequence());
    AuditChain chain = new AuditChain(table.head());
    table.page(0, 100).forEach(chain::follow);
    chain.end(table.head());
    assertEquals(16, table.page(0, 100).getFirst().sequence());
    assertEquals(2, table.page(20, 2).size());
    AuditTable again = new AuditTable(10);
    table
        .freeze()
        .accept(change -> again.replay(AuditChange.read(new CanonicalReader("x", change))));
    assertEquals(table.head(), again.head());
  }

  @Test
  void whatIsTooLongIsCut() {
    for (String details : new String[] {"x".repeat(600), "ä".repeat(300), "😀".repeat(200), ""}) {
      add(details);
      String kept = table.page(table.head().sequence() - 1, 1).getFirst().details();
      assertTrue(
          kept.getBytes(StandardCharsets.UTF_8).length <= AuditEntry.DETAILS_BYTES_MAX, details);
      assertEquals(details.isEmpty(), kept.isEmpty());
    }
  }

  @Test
  void aBrokenChainIsNotLoaded() {
    add("a");
    AuditEntry wrong = new AuditEntry(2, AuditEntry.NOTHING, 5, "eve", "root.set", "");
    assertThrows(Corruption.class, () -> table.replay(new AuditChange.Added(wrong)));
  }
}

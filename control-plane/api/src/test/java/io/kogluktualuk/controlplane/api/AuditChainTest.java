package io.kogluktualuk.controlplane.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AuditChainTest {

  private final List<AuditEntry> entries = new ArrayList<>();

  AuditChainTest() {
    Hash previous = AuditEntry.NOTHING;
    for (int i = 1; i <= 20; i++) {
      AuditEntry entry = new AuditEntry(i, previous, 1000 + i, "ada", "root.set", "number " + i);
      entries.add(entry);
      previous = entry.hash();
    }
  }

  private AuditHead head(int cut) {
    return new AuditHead(
        20,
        entries.getLast().hash(),
        cut,
        cut == 0 ? AuditEntry.NOTHING : entries.get(cut - 1).hash());
  }

  private static void verify(AuditHead head, List<AuditEntry> entries) {
    AuditChain chain = new AuditChain(head);
    entries.forEach(chain::follow);
    chain.end(head);
  }

  @Test
  void theWholeLogAndItsTailAreRight() {
    verify(head(0), entries);
    verify(head(7), entries.subList(7, 20));
    verify(AuditHead.EMPTY, List.of());
  }

  @Test
  void everyChangeIsNoticed() {
    Seeds.run(
        AuditChainTest.class,
        100,
        random -> {
          List<AuditEntry> changed = new ArrayList<>(entries);
          int at = random.nextInt(20);
          AuditEntry old = entries.get(at);
          switch (random.nextInt(4)) {
            case 0 -> changed.remove(at);
            case 1 -> changed.add(at, old);
            case 2 -> Collections.swap(changed, at, (at + 1 + random.nextInt(19)) % 20);
            default ->
                changed.set(
                    at,
                    new AuditEntry(
                        old.sequence(), old.previous(), old.atMillis(), "eve", old.what(), ""));
          }
          assertThrows(Corruption.class, () -> verify(head(0), changed));
        });
  }

  /// The hash of an entry is kept in logs and exports: it never changes.
  @Test
  void theHashOfAnEntryStays() {
    assertEquals(
        "988e9454d98ed5d4e49741dc3d0cb6b8daa9bec2a77defd9de6f640890a57a6c",
        entries.getFirst().hash().toHex());
  }
}

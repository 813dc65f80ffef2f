package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The journal survives what a machine does to a file's end, and notices what it must not.
final class SetAsideJournalTest {

  private static SetAside one(int i, int metadataLength) {
    Ref ref = new Ref(Kind.BLOB, Hash.of(new byte[] {1}), 5000);
    Metadata metadata = Metadata.of("k", "x".repeat(metadataLength));
    Envelope envelope =
        Envelope.of(new Origin("a", Origin.NOTHING, i), ref, metadata, null, null, null);
    return new SetAside(envelope, "", "reason " + i, Instant.ofEpochMilli(i));
  }

  private static List<String> reasons(SetAsideJournal journal) {
    return journal.all().stream().map(SetAside::reason).toList();
  }

  @Test
  void whatWasKeptIsThereAgain(@TempDir Path folder) {
    try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
      for (int i = 0; i < 10; i++) {
        journal.add(one(i, 10));
      }
      journal.remove(one(3, 10).envelope().id());
      journal.add(one(5, 10));
      assertThrows(Conflict.class, () -> SetAsideJournal.open(folder, "pipeline", "stage"));
    }
    try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
      assertEquals(9, journal.size());
      assertEquals("reason 5", reasons(journal).getLast(), "the newest is last");
      SetAside found = journal.find(one(7, 10).envelope().id());
      assertTrue(found != null && found.when().equals(Instant.ofEpochMilli(7)));
    }
  }

  @Test
  void aRecordThatIsCutShortIsCutOff(@TempDir Path folder) throws Exception {
    try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
      journal.add(one(0, 10));
      journal.add(one(1, 10));
    }
    byte[] whole = Files.readAllBytes(folder.resolve("stage.set-aside"));
    int record = whole.length / 2;
    for (int length = record; length < whole.length; length++) {
      Files.write(folder.resolve("stage.set-aside"), Arrays.copyOf(whole, length));
      try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
        assertEquals(List.of("reason 0"), reasons(journal));
        journal.add(one(2, 10));
      }
      try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
        assertEquals(List.of("reason 0", "reason 2"), reasons(journal));
      }
    }
  }

  @Test
  void aDamagedRecordIsNoticedOrCutOff(@TempDir Path folder) throws Exception {
    try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
      for (int i = 0; i < 3; i++) {
        journal.add(one(i, 10));
      }
    }
    Path file = folder.resolve("stage.set-aside");
    byte[] whole = Files.readAllBytes(file);
    Seeds.run(
        SetAsideJournalTest.class,
        300,
        random -> {
          Files.write(file, Mutations.mutate(whole, random));
          try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
            assertTrue(List.of("reason 0", "reason 1", "reason 2").containsAll(reasons(journal)));
          } catch (Corruption e) {
            assertTrue(String.valueOf(e.getMessage()).contains("stage.set-aside"));
          }
        });
  }

  @Test
  void itIsBoundedAndWrittenAnew(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("stage.set-aside");
    try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
      for (int i = 0; i < SetAsideJournal.ENTRIES_MAX; i++) {
        journal.add(one(i, 2000));
      }
      assertThrows(OutOfSpace.class, () -> journal.add(one(SetAsideJournal.ENTRIES_MAX, 2000)));
      long full = Files.size(file);
      for (int i = 10; i < SetAsideJournal.ENTRIES_MAX; i++) {
        journal.remove(one(i, 2000).envelope().id());
      }
      assertTrue(Files.size(file) < full / 2, "it is as long as what it keeps");
    }
    try (SetAsideJournal journal = SetAsideJournal.open(folder, "pipeline", "stage")) {
      assertEquals(10, journal.size());
    }
  }
}

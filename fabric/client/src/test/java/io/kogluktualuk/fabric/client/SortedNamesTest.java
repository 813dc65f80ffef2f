package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SortedNamesTest {

  private static final Path FOLDER = Path.of("/of/tests");

  @Test
  void comeInOrderHoweverManyRunsThereAre() {
    Seeds.run(
        SortedNamesTest.class,
        40,
        random -> {
          int run = random.nextInt(1, 40);
          TreeSet<String> expected = new TreeSet<>(Tree.NAME_ORDER);
          List<String> found = new ArrayList<>();
          try (SortedNames names = new SortedNames(FOLDER, run)) {
            for (int i = 0; i < random.nextInt(4 * run); i++) {
              String name = (random.nextBoolean() ? "\uFFFD" : "\uD83D\uDE00") + random.nextLong();
              expected.add(name);
              names.add(name);
            }
            names.forEach(found::add);
          }
          assertEquals(List.copyOf(expected), found);
        });
  }

  @Test
  void areNotMoreThanCanBeMerged() {
    try (SortedNames names = new SortedNames(FOLDER, 1)) {
      for (int i = 0; i <= SortedNames.RUNS_MAX; i++) {
        names.add("name " + i);
      }
      assertThrows(InvalidArgument.class, () -> names.add("one more"));
    }
  }
}

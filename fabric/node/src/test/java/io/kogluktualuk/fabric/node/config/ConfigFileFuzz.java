package io.kogluktualuk.fabric.node.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Damaged files are read or refused with problems; nothing is ever thrown.
final class ConfigFileFuzz {

  private static final int SEEDS = 300;
  private static final int ROUNDS = 40;

  private static final List<String> WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "${",
          "${?",
          "}",
          "\"",
          "\"\"\"",
          "=",
          ":",
          "+=",
          "include ",
          "url(",
          "file(",
          "\n",
          ",",
          ".",
          "#",
          "null",
          "true",
          "-1",
          "1e999",
          "control",
          "memory",
          "control.peers",
          "${control}",
          "${a.b}",
          "\\",
          "\0",
          "\ud800",
          "name",
          "folder");

  private int valid;
  private int invalid;

  @Test
  void whateverAFileHoldsIsAConfigurationOrProblems() {
    Seeds.run(
        ConfigFileFuzz.class,
        SEEDS,
        random -> {
          NodeRole role = NodeRole.values()[random.nextInt(NodeRole.values().length)];
          String whole =
              "cluster = c, name = n, folder = f, control-nodes = [\"h:1\"]\n"
                  + ConfigText.reference(role).replaceAll("(?m)^# .*\n", "")
                  + role.word()
                  + " {}\n";
          for (int round = 0; round < ROUNDS; round++) {
            read(damaged(whole, random));
          }
        });
    assertTrue(valid > 0 && invalid > 0, () -> valid + " valid, " + invalid + " refused");
  }

  private static String damaged(String whole, RandomGenerator random) {
    if (random.nextBoolean()) {
      byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
      return new String(Mutations.mutate(bytes, random), StandardCharsets.UTF_8);
    }
    StringBuilder text = new StringBuilder(whole);
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      text.insert(random.nextInt(text.length()), WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  private void read(String text) {
    switch (ConfigFile.parse("f", text, Path.of("/"), Map.of())) {
      case Loaded.Valid(NodeConfig config, String _) -> {
        assertFalse(config.shared().name().isEmpty());
        valid++;
      }
      case Loaded.Invalid(List<Problem> problems) -> {
        assertFalse(problems.isEmpty());
        invalid++;
      }
    }
  }
}

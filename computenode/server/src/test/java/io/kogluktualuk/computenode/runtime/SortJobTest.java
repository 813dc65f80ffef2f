package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The main job in small: sort a long file by many transactions, again, and with one line changed.
@Timeout(180)
class SortJobTest {

  private static final Limits ENOUGH = new Limits(1L << 40, 256L << 20, 1L << 30);

  private final Bench bench = new Bench(2);

  @AfterEach
  void close() {
    bench.close();
  }

  private RunReport run(String... argv) {
    return bench.run(Transaction.of(bench.root(), List.of(argv), ENOUGH));
  }

  private byte[] sortedByJava(Ref file) {
    return sortedByJava(bench.bytes(file));
  }

  private static byte[] sortedByJava(byte[] text) {
    String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\n", -1);
    if (lines[lines.length - 1].isEmpty()) {
      lines = Arrays.copyOf(lines, lines.length - 1);
    }
    Arrays.sort(lines);
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Parts are chunks, wherever lines begin: so lines cross them, fill them, or end with them.
  @Test
  void linesMayCrossPartsAndFillThem() throws IOException {
    for (String program : List.of("sort", "merge")) {
      bench.bind("/bin/" + program, Files.readAllBytes(Path.of("../programs", program + ".wasm")));
    }
    Seeds.run(
        SortJobTest.class,
        4,
        random -> {
          byte[] text = text(random);
          bench.bind("/text", text);
          RunReport report = run("/bin/sort", "/text");
          assertTrue(report.outcome().ending().isSuccess(), () -> bench.diagnostics(report));
          assertTrue(report.counters().run() > 4, "in parts: " + report.counters());
          byte[] found = bench.bytes(report.outcome().output());
          assertTrue(Arrays.equals(sortedByJava(text), found), "sorted");
        });
  }

  /// Ten to twenty MiB with lines of up to nine; half of them end with a newline.
  private static byte[] text(RandomGenerator random) {
    byte[] text = new byte[random.nextInt(10 << 20, 20 << 20)];
    int at = 0;
    while (at < text.length) {
      int most = random.nextInt(2000) == 0 ? 9 << 20 : 200;
      int end = Math.min(text.length, at + random.nextInt(most));
      while (at < end) {
        text[at++] = (byte) random.nextInt('a', 'z');
      }
      if (at < text.length) {
        text[at++] = '\n';
      }
    }
    text[text.length - 1] = (byte) (random.nextBoolean() ? '\n' : 'x');
    return text;
  }

  @Test
  void onlyWhatAChangeTouchesRunsAgain() throws IOException {
    for (String program : List.of("make-trades", "sort", "merge", "amend")) {
      bench.bind("/bin/" + program, Files.readAllBytes(Path.of("../programs", program + ".wasm")));
    }
    bench.thunk("/data/trades", "/bin/make-trades", "300000");
    Ref data = run("/bin/probe", "out", "/data/trades").outcome().output();
    assertEquals(Kind.LIST, data.kind());
    bench.bind("/data/trades", data);

    RunReport cold = run("/bin/sort", "/data/trades");
    assertTrue(cold.outcome().ending().isSuccess(), () -> bench.diagnostics(cold));
    assertEquals(0, cold.counters().failed());
    assertTrue(cold.counters().run() > 8, cold.toString());
    assertTrue(Arrays.equals(sortedByJava(data), bench.bytes(cold.outcome().output())), "sorted");

    RunReport again = run("/bin/sort", "/data/trades");
    assertEquals(Disposition.HIT, again.disposition());

    bench.thunk("/data/amended", "/bin/amend", "/data/trades", "1000000", "changed");
    Ref amended = run("/bin/probe", "out", "/data/amended").outcome().output();
    bench.bind("/data/trades", amended);
    RunReport changed = run("/bin/sort", "/data/trades");
    assertTrue(
        Arrays.equals(sortedByJava(amended), bench.bytes(changed.outcome().output())), "sorted");
    assertTrue(
        changed.counters().run() <= 2 + cold.counters().run() / 2,
        () -> "cold " + cold.counters() + ", changed " + changed.counters());
    assertTrue(changed.counters().hit() >= cold.counters().run() / 3, changed.toString());
  }
}

package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Programs that people know, as others have built them for WASI, run here as they are: twice, on
/// engines that share nothing, with the same outcome to the bit, fuel included.
///
/// `computenode/programs/fetch.sh` fetches them; without it these tests are skipped. The large
/// ones take a minute to compile and want `-DknownPrograms=all`.
@Timeout(600)
class KnownProgramsTest {

  private static final Path FOLDER = Path.of("target", "known-programs");

  private static final Limits LIMITS = new Limits(200_000_000_000L, 512L << 20, 256L << 20);

  private static byte[] known(String file) {
    Path path = FOLDER.resolve(file);
    assumeTrue(Files.exists(path), path + " is not there: computenode/programs/fetch.sh");
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assumeLarge() {
    assumeTrue(System.getProperty("knownPrograms", "").equals("all"), "wants -DknownPrograms=all");
  }

  /// Some use vector instructions, or have more segments than the engine takes: it then says so.
  private static void assumeAccepted(String diagnostics) {
    boolean isRefused =
        diagnostics.contains("uses vector instructions")
            || diagnostics.contains("the module is too large");
    assumeTrue(!isRefused, diagnostics);
  }

  private static RunReport run(Bench bench, String... argv) {
    return bench.run(Transaction.of(bench.root(), List.of(argv), LIMITS), Duration.ofMinutes(8));
  }

  /// Runs the same thing on two engines and compares; hands the first to `check`.
  private static void twice(Consumer<Bench> fill, Consumer<Checked> check, String... argv) {
    try (Bench bench = new Bench(1);
        Bench other = new Bench(1)) {
      fill.accept(bench);
      fill.accept(other);
      RunReport first = run(bench, argv);
      assumeAccepted(bench.diagnostics(first));
      assertEquals(new Ending.Exited(0), first.outcome().ending(), () -> bench.diagnostics(first));
      RunReport second = run(other, argv);
      assertEquals(first.key(), second.key());
      assertEquals(first.outcome(), second.outcome());
      check.accept(new Checked(bench, first));
    }
  }

  private record Checked(Bench bench, RunReport report) {
    String output() {
      return bench.text(report.outcome().output());
    }

    List<String> observed() {
      return bench.trace(report).stream().map(Trace.Step::path).toList();
    }
  }

  @Test
  void quickJsComputesReadsAndWrites() {
    byte[] quickJs = known("wasmedge_quickjs.wasm");
    String script =
        """
        import * as std from 'std';
        const words = std.loadFile('/data/words.txt').trim().split(/\\s+/);
        const counts = new Map();
        for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
        const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
        const file = std.open('/tmp/counts.json', 'w');
        file.puts(JSON.stringify(Object.fromEntries(sorted)));
        file.close();
        print(std.loadFile('/tmp/counts.json'), std.loadFile('/none'));
        print(args[1], 2n ** 100n, Math.sqrt(2), new Date(0).toISOString());
        """;
    twice(
        bench ->
            bench
                .bind("/bin/qjs", quickJs)
                .bind("/data/words.txt", "one two two three three three")
                .bind("/src/count.js", script),
        checked -> {
          assertEquals(
              """
              {"three":3,"two":2,"one":1} null
              x 1267650600228229401496703205376 1.4142135623730951 1970-01-01T00:00:00.000Z
              """,
              checked.output());
          assertTrue(checked.observed().contains("/data/words.txt"));
          assertTrue(checked.observed().contains("/none"));
        },
        "/bin/qjs",
        "/src/count.js",
        "x");
  }

  @Test
  void sqliteMakesADatabaseThatAnotherTransactionAsks() {
    byte[] sqlite = known("sqlite.wasm");
    String make =
        """
        create table trade (id integer primary key, symbol text, price real);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
          insert into trade select i, 'S' || (i % 7), i * 0.5 from n;
        create index by_symbol on trade (symbol);
        """;
    twice(
        bench -> bench.bind("/bin/sqlite", sqlite),
        made ->
            twice(
                bench -> {
                  bench.bind("/bin/sqlite", sqlite);
                  bench.bind("/data/trades.db", made.bench.bytes(made.report.outcome().output()));
                },
                asked -> {
                  assertEquals("5000|6251250.0|S0\n", asked.output());
                  assertTrue(asked.observed().contains("/data/trades.db"));
                },
                "/bin/sqlite",
                "-readonly",
                "/data/trades.db",
                "select count(*), sum(price), (select symbol from trade where id = 4711)"
                    + " from trade"),
        "/bin/sqlite",
        "/tmp/output",
        make);
  }

  @Test
  @Tag("long")
  void rubyReadsFilesAndThinks() {
    assumeLarge();
    byte[] ruby = known("ruby-3.2.0.wasm");
    String script =
        """
        require 'json'
        require 'digest'
        rows = File.readlines('/data/rows.csv', chomp: true).map { _1.split(',') }
        sums = rows.group_by(&:first).transform_values { |r| r.sum { _1[1].to_i } }
        File.write('/tmp/sums.json', JSON.generate(sums))
        puts File.read('/tmp/sums.json'), Dir.children('/data').sort.inspect
        puts Time.now.to_i, 2**100, (1..20).reduce(:*), Digest::SHA256.hexdigest('abc')[0, 16]
        puts [3, 1, 2].sort.inspect, File.stat('/data/rows.csv').size, ARGV.inspect
        """;
    twice(
        bench ->
            bench
                .bind("/bin/ruby", ruby)
                .bind("/data/rows.csv", "a,1\nb,2\na,3\n")
                .bind("/src/sums.rb", script),
        checked ->
            assertEquals(
                """
                {"a":4,"b":2}
                ["rows.csv"]
                0
                1267650600228229401496703205376
                2432902008176640000
                ba7816bf8f01cfea
                [1, 2, 3]
                12
                ["x"]
                """,
                checked.output()),
        "/bin/ruby",
        "--disable-gems",
        "/src/sums.rb",
        "x");
  }

  @Test
  @Tag("long")
  void pythonImportsItsLibraryFromTheNamespace() {
    assumeLarge();
    byte[] python = known("python-3.11.3.wasm");
    String script =
        """
        import hashlib, json, re
        print(json.dumps({"a": [1, 2]}), hashlib.sha256(b"abc").hexdigest()[:8], 2 ** 100)
        print(re.findall("[0-9]+", open("/data/rows.csv").read()))
        """;
    twice(
        bench ->
            bench
                .bind("/bin/python", python)
                .bind("/usr/local/lib/python311.zip", known("usr/local/lib/python311.zip"))
                .bind("/usr/local/lib/python3.11/os.py", known("usr/local/lib/python3.11/os.py"))
                .bind("/usr/local/lib/python3.11/lib-dynload/.empty", "")
                .bind("/data/rows.csv", "a,1\nb,2\na,3\n"),
        checked ->
            assertEquals(
                """
                {"a": [1, 2]} ba7816bf 1267650600228229401496703205376
                ['1', '2', '3']
                """,
                checked.output()),
        "/bin/python",
        "-c",
        script);
  }
}

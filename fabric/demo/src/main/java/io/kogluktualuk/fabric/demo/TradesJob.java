package io.kogluktualuk.fabric.demo;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Sorts `/data/july-trades` with `/bin/sort` and `/bin/merge` on a fabric.
///
/// **Threading:** one thread. **Errors:** those of the fabric; [Refused] with the program's own
/// diagnostics when one of its transactions fails.
public final class TradesJob {

  private static final String DATA = "/data/july-trades";
  private static final Duration TIMEOUT = Duration.ofHours(2);
  private static final int DIAGNOSTICS_BYTES_MAX = 2_000;

  private static final List<Program> PROGRAMS =
      List.of(Program.SORT, Program.MERGE, Program.AMEND, Program.MAKE_TRADES);

  private final Fabric fabric;
  private final Map<Program, Ref> stored = new EnumMap<>(Program.class);

  /// Stores the programs.
  public TradesJob(Fabric fabric) throws IOException {
    this.fabric = fabric;
    for (Program program : PROGRAMS) {
      stored.put(program, fabric.put(new ByteArrayInputStream(program.wasm())));
    }
  }

  /// The namespace in which the data is made by a transaction, when it is first read.
  public Ref namespaceOfTrades(long records) {
    return load(computed(records));
  }

  /// The namespace with given data.
  public Ref namespaceOf(Ref data) {
    return load(given(data));
  }

  /// The source of made-up trades, as a namespace writes it.
  static String computed(long records) {
    return "do {/bin/make-trades} /bin/make-trades " + records;
  }

  /// The source of given data, as a namespace writes it.
  static String given(Ref data) {
    return data.kind().word() + ' ' + data.hash();
  }

  /// Other made-up trades, for those who need several sets.
  public Ref trades(long records, long seed) {
    return make(Long.toString(records), Long.toString(seed));
  }

  /// The made-up trades themselves. This is the very transaction that the thunk in
  /// [#namespaceOfTrades] stands for, so after that has been read it is a hit.
  public Ref trades(long records) {
    return make(Long.toString(records));
  }

  private Ref make(String... arguments) {
    Path root = Path.of("/");
    Ref namespace = fabric.trees().load("make-trades", line(Program.MAKE_TRADES), root);
    List<String> argv = new ArrayList<>(List.of(Program.MAKE_TRADES.path()));
    argv.addAll(List.of(arguments));
    return output(run(namespace, argv, RunListener.SILENT));
  }

  /// Sorts the data of a namespace.
  public RunResult sort(Ref namespace, RunListener listener) {
    return run(namespace, List.of(Program.SORT.path(), DATA), listener);
  }

  /// Replaces the line that holds the byte at `offset`.
  public RunResult amend(Ref namespace, long offset, String line, RunListener listener) {
    return run(
        namespace, List.of(Program.AMEND.path(), DATA, Long.toString(offset), line), listener);
  }

  /// The output of a run that succeeded.
  ///
  /// @throws Refused with the diagnostics of one that did not
  public Ref output(RunResult result) {
    if (result.report().outcome().ending().isSuccess()) {
      return result.report().outcome().output();
    }
    Content diagnostics =
        Content.open(Operator.of(fabric).blobs(), result.report().outcome().diagnostics());
    byte[] text = diagnostics.chunk(0).toArray();
    int length = Math.min(text.length, DIAGNOSTICS_BYTES_MAX);
    throw new Refused(
        "transaction "
            + result.report().key()
            + " "
            + result.report().outcome().ending()
            + ": "
            + new String(text, 0, length, StandardCharsets.UTF_8).strip());
  }

  /// The text form of the namespace, for people.
  public String namespaceText(String data) {
    return text(data).replaceAll("([0-9a-f]{12})[0-9a-f]{52}", "$1…");
  }

  private RunResult run(Ref namespace, List<String> argv, RunListener listener) {
    return fabric.run(Transaction.of(namespace, argv, Limits.DEFAULT), TIMEOUT, listener);
  }

  private Ref load(String data) {
    return fabric.trees().load("july-trades", text(data), Path.of("/"));
  }

  private String text(String data) {
    StringBuilder text = new StringBuilder(DATA + "  " + data + "\n");
    PROGRAMS.forEach(program -> text.append(line(program)));
    return text.toString();
  }

  private String line(Program program) {
    return program.path() + "  blob " + Objects.requireNonNull(stored.get(program)).hash() + "\n";
  }
}

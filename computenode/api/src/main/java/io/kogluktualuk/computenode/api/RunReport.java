package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.List;

/// The answer to a [RunRequest]: the outcome, and what it took. Everything that the outcome names
/// is stored, and the outcomes of all its subtransactions are recorded.
///
/// ```
/// key hash │ outcome │ disposition │ counters │ varint n │ { disposed } …
/// ```
///
/// @param key the transaction
/// @param outcome a pure function of the transaction
/// @param disposition whether the transaction itself ran
/// @param counters over the transaction and its subtransactions
/// @param disposed what became of the first [Progress#DISPOSED_MAX] of them
public record RunReport(
    Hash key,
    Outcome outcome,
    Disposition disposition,
    RunCounters counters,
    List<Disposed> disposed) {

  public static final Codec<RunReport> CODEC =
      new Codec<>() {
        @Override
        public void write(RunReport report, CanonicalWriter writer) {
          writer.hash(report.key);
          Outcome.CODEC.write(report.outcome, writer);
          Disposition.CODEC.write(report.disposition, writer);
          RunCounters.CODEC.write(report.counters, writer);
          Progress.writeDisposed(report.disposed, writer);
        }

        @Override
        public RunReport read(CanonicalReader reader) {
          return new RunReport(
              reader.hash(),
              Outcome.CODEC.read(reader),
              Disposition.CODEC.read(reader),
              RunCounters.CODEC.read(reader),
              Progress.readDisposed(reader));
        }
      };

  public RunReport {
    disposed = Progress.checked(disposed);
  }
}

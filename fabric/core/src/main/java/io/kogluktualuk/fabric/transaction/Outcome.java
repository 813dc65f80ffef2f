package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// What a transaction gave: a pure function of the transaction.
///
/// ```
/// ending │ varint fuel used │ output ref │ diagnostics ref │ trace ref
/// ```
///
/// @param ending how it ended
/// @param fuelUsed instructions executed, charges of host calls included
/// @param output the value it named as its output; the empty blob when it named none
/// @param diagnostics what it wrote to standard error, and what the VM has to say about its end
/// @param trace the content of its [Trace]
public record Outcome(Ending ending, long fuelUsed, Ref output, Ref diagnostics, Ref trace) {

  public static final Codec<Outcome> CODEC =
      new Codec<>() {
        @Override
        public void write(Outcome outcome, CanonicalWriter writer) {
          Ending.CODEC.write(outcome.ending, writer);
          writer.varint(outcome.fuelUsed);
          Ref.CODEC.write(outcome.output, writer);
          Ref.CODEC.write(outcome.diagnostics, writer);
          Ref.CODEC.write(outcome.trace, writer);
        }

        @Override
        public Outcome read(CanonicalReader reader) {
          return new Outcome(
              Ending.CODEC.read(reader),
              reader.varint(),
              Ref.CODEC.read(reader),
              Ref.CODEC.read(reader),
              Ref.CODEC.read(reader));
        }
      };

  public Outcome {
    Objects.requireNonNull(ending);
    Objects.requireNonNull(output);
    Objects.requireNonNull(diagnostics);
    Objects.requireNonNull(trace);
  }
}

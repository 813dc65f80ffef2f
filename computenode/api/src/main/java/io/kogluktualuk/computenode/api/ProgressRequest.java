package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// Asks how far a run has come.
///
/// ```
/// run id │ u8 alone
/// ```
///
/// @param run the run
/// @param alone true for this node's share only; false to include the nodes it has handed work to
public record ProgressRequest(RunId run, boolean alone) {

  public static final Codec<ProgressRequest> CODEC =
      new Codec<>() {
        @Override
        public void write(ProgressRequest request, CanonicalWriter writer) {
          RunId.CODEC.write(request.run, writer);
          writer.bool(request.alone);
        }

        @Override
        public ProgressRequest read(CanonicalReader reader) {
          return new ProgressRequest(RunId.CODEC.read(reader), reader.bool());
        }
      };
}

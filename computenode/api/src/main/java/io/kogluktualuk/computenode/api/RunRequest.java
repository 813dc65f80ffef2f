package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.time.Duration;

/// Asks for the outcome of a transaction whose encoding is stored as a blob.
///
/// ```
/// hash transaction │ run id │ varint timeout in milliseconds
/// ```
///
/// @param transaction the key, which is the name of the encoding
/// @param run what [Progress] and cancellation refer to; asking again under the same id joins
/// @param timeout after which the run is cancelled
public record RunRequest(Hash transaction, RunId run, Duration timeout) {

  public static final Codec<RunRequest> CODEC =
      new Codec<>() {
        @Override
        public void write(RunRequest request, CanonicalWriter writer) {
          writer.hash(request.transaction);
          RunId.CODEC.write(request.run, writer);
          Times.write(request.timeout, writer);
        }

        @Override
        public RunRequest read(CanonicalReader reader) {
          return new RunRequest(reader.hash(), RunId.CODEC.read(reader), Times.read(reader));
        }
      };

  public RunRequest {
    timeout = Times.bounded(timeout);
  }
}

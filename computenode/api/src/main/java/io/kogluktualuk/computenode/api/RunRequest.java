package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.time.Duration;

/// Asks for the outcome of a transaction whose encoding is stored as a blob.
///
/// ```
/// hash transaction │ run id │ varint timeout in milliseconds │ bool afresh
/// ```
///
/// @param transaction the key, which is the name of the encoding
/// @param run what [Progress] and cancellation refer to; asking again under the same id joins
/// @param timeout after which the run is cancelled
/// @param afresh whether the node asked runs it and all its subtransactions itself, whatever
///     is known of them; an outcome that is not the known one is a Conflict
public record RunRequest(Hash transaction, RunId run, Duration timeout, boolean afresh) {

  public static final Codec<RunRequest> CODEC =
      new Codec<>() {
        @Override
        public void write(RunRequest request, CanonicalWriter writer) {
          writer.hash(request.transaction);
          RunId.CODEC.write(request.run, writer);
          Times.write(request.timeout, writer);
          writer.bool(request.afresh);
        }

        @Override
        public RunRequest read(CanonicalReader reader) {
          return new RunRequest(
              reader.hash(), RunId.CODEC.read(reader), Times.read(reader), reader.bool());
        }
      };

  public RunRequest {
    timeout = Times.bounded(timeout);
  }

  /// Asks for the outcome, known or not.
  public static RunRequest of(Hash transaction, RunId run, Duration timeout) {
    return new RunRequest(transaction, run, timeout, false);
  }
}

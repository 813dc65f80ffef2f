package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.time.Instant;

/// An envelope that a stage could not get done, and why.
///
/// ```
/// u64 milliseconds since 1970 │ text branch │ text reason │ bytes envelope
/// ```
///
/// @param envelope the stage's input; or its output, when a branch is named
/// @param branch the link that an output could not be delivered to; empty for an input
/// @param reason what failed, at which stage
/// @param when by the clock of the stage's machine
public record SetAside(Envelope envelope, String branch, String reason, Instant when) {

  static final Codec<SetAside> CODEC =
      new Codec<>() {
        @Override
        public void write(SetAside one, CanonicalWriter writer) {
          writer.u64(one.when.toEpochMilli()).text(one.branch).text(one.reason);
          writer.bytes(one.envelope.encode());
        }

        @Override
        public SetAside read(CanonicalReader reader) {
          Instant when = Instant.ofEpochMilli(reader.u64());
          String branch = reader.text(Origin.NAME_MAX, "a branch");
          String reason = reader.text(Verdict.REASON_BYTES_MAX, "a reason");
          byte[] bytes = reader.bytes(Envelope.ENCODED_MAX, "an envelope");
          Envelope envelope = Envelope.decode("the journal", bytes, 0, bytes.length);
          return new SetAside(envelope, branch, reason, when);
        }
      };

  public SetAside {
    reason = Verdict.setAside(reason).reason();
  }

  /// Whether the stage itself failed on it, and not a link.
  public boolean isInput() {
    return branch.isEmpty();
  }
}

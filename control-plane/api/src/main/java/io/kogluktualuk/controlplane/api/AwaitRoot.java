package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// Somebody wants to hear of a root when it has changed.
///
/// @param seenRevision the revision that they know; 0 when there was no such root
/// @param patienceMillis how long they wait for a change; at most [#PATIENCE_MILLIS_MAX]
public record AwaitRoot(RootName name, long seenRevision, long patienceMillis) {

  /// A node that has been cut off finds out at the end of this time.
  public static final long PATIENCE_MILLIS_MAX = 60_000;

  public static final Codec<AwaitRoot> CODEC =
      new Codec<>() {
        @Override
        public void write(AwaitRoot ask, CanonicalWriter writer) {
          RootName.CODEC.write(ask.name, writer);
          writer.varint(ask.seenRevision).varint(ask.patienceMillis);
        }

        @Override
        public AwaitRoot read(CanonicalReader reader) {
          RootName name = RootName.CODEC.read(reader);
          long seen = reader.varint();
          long patience = reader.varint(PATIENCE_MILLIS_MAX, "the time to wait for a root");
          return new AwaitRoot(name, seen, patience);
        }
      };

  public AwaitRoot {
    Objects.requireNonNull(name);
    Numbers.checkNotNegative(seenRevision, "the revision seen");
    if (patienceMillis < 0 || patienceMillis > PATIENCE_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "a root is waited for " + patienceMillis + " ms, at most " + PATIENCE_MILLIS_MAX);
    }
  }
}

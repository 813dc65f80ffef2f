package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// How far a top-level run has come, its subtransactions included.
///
/// ```
/// eleven varints, in the order of the components
/// ```
///
/// @param started transactions asked for: each key counts once on each node
/// @param run programs that ran to an outcome
/// @param hit outcomes that were known
/// @param failed outcomes, run or hit, that are not a success
/// @param running programs that hold a slot now
/// @param waiting programs that wait for a subtransaction now
/// @param queued transactions that wait for a slot now
/// @param handedOver transactions that were given to another compute node
/// @param bytesRead bytes fetched from memory nodes
/// @param bytesWritten bytes of new blobs made
/// @param fuelUsed by the programs that ran
public record RunCounters(
    long started,
    long run,
    long hit,
    long failed,
    long running,
    long waiting,
    long queued,
    long handedOver,
    long bytesRead,
    long bytesWritten,
    long fuelUsed) {

  public static final RunCounters ZERO = new RunCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  public static final Codec<RunCounters> CODEC =
      new Codec<>() {
        @Override
        public void write(RunCounters c, CanonicalWriter writer) {
          writer.varint(c.started).varint(c.run).varint(c.hit).varint(c.failed);
          writer.varint(c.running).varint(c.waiting).varint(c.queued).varint(c.handedOver);
          writer.varint(c.bytesRead).varint(c.bytesWritten).varint(c.fuelUsed);
        }

        @Override
        public RunCounters read(CanonicalReader reader) {
          return new RunCounters(
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint());
        }
      };

  /// The sum over two nodes.
  public RunCounters plus(RunCounters other) {
    return new RunCounters(
        started + other.started,
        run + other.run,
        hit + other.hit,
        failed + other.failed,
        running + other.running,
        waiting + other.waiting,
        queued + other.queued,
        handedOver + other.handedOver,
        bytesRead + other.bytesRead,
        bytesWritten + other.bytesWritten,
        fuelUsed + other.fuelUsed);
  }
}

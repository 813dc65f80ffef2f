package io.kogluktualuk.controlplane.model.pins;

import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.util.List;
import java.util.function.Consumer;

/// With which number what a root reaches is stamped at memory nodes.
///
/// A collection begins a generation, stamps everything reachable again, and what then has an older
/// stamp is not pinned any more.
///
/// **Threading:** as [Table]. **Invariant:** it never goes back; the first generation is 1, so that
/// 0 can stand for never.
public final class PinsTable implements Table<PinsTable.Advance, PinsTable.Reached> {

  public static final int NUMBER = 7;

  private static final int ADVANCE = 1;

  /// Begin the next generation. Replies with it.
  public record Advance() {

    public Proposal toProposal() {
      return new Proposal(NUMBER, new CanonicalWriter().u8(ADVANCE).toBytes());
    }
  }

  /// This is the generation now.
  public record Reached(long generation) {}

  private long generation = 1;

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public Advance readCommand(CanonicalReader reader) {
    int tag = reader.u8();
    if (tag != ADVANCE) {
      throw reader.malformed("no pins command has tag " + tag);
    }
    return new Advance();
  }

  @Override
  public Reached readChange(CanonicalReader reader) {
    return new Reached(reader.varint(HeartbeatReply.PIN_GENERATION_MAX, "the generation of pins"));
  }

  @Override
  public Decision<Reached> decide(Advance command, Moment at) {
    if (generation == HeartbeatReply.PIN_GENERATION_MAX) {
      throw new OutOfSpace("all " + generation + " generations of pins are used up");
    }
    long next = generation + 1;
    return new Decision<>(List.of(new Reached(next)), new CanonicalWriter().varint(next).toBytes());
  }

  /// Reads the reply: the generation that has begun.
  public static long readReply(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the pins table", reply);
    long begun = reader.varint();
    reader.end();
    return begun;
  }

  @Override
  public void replay(Reached change) {
    generation = change.generation;
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    long frozen = generation;
    return writer -> writer.write(new CanonicalWriter().varint(frozen).toBytes());
  }

  @Override
  public void clear() {
    generation = 1;
  }

  public long generation() {
    return generation;
  }
}

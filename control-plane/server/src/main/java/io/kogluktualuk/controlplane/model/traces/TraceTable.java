package io.kogluktualuk.controlplane.model.traces;

import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The trace trie: which transaction's trace goes on from which node.
///
/// The first at a node stays there. When the table is full, nothing is added any more:
/// transactions are then found by their keys alone, and by the traces that are known.
///
/// Its memory is part of what is agreed on for the memo index: each entry is charged the same,
/// and together they may be charged a quarter of the limit ([#LIMIT_PART]), as long as the memos
/// leave that much. So the traces of many small programs do not take the room of outcomes.
///
/// ```
/// command, change   node 32 bytes │ key 32 bytes
/// reply             u8 1 │ the key that has the node now, or u8 0 when there is no room
/// ```
///
/// **Threading:** as [Table]. **Bound:** the limit, and never more than [#ENTRIES_MAX] entries,
/// some 80 MB. **Invariant:** what is charged follows from the number of entries alone.
public final class TraceTable implements Table<TraceEntry, TraceEntry> {

  public static final int NUMBER = 10;

  public static final int ENTRIES_MAX = 1 << 20;

  /// What an entry is charged: its bytes, 6 to 12 for its slot and, while slots are moved, some
  /// more.
  public static final int CHARGE_BYTES = 80;

  /// Traces may be charged the limit of the memo index divided by this.
  public static final int LIMIT_PART = 4;

  private final TraceStore store = new TraceStore(new SecureRandom().nextLong());
  private final int entriesMax;
  private final LongSupplier bytesMax;

  /// @param bytesMax what all entries may be charged now, the same on all replicas
  public TraceTable(LongSupplier bytesMax) {
    this(ENTRIES_MAX, bytesMax);
  }

  /// @param entriesMax the same on all replicas
  TraceTable(int entriesMax, LongSupplier bytesMax) {
    this.entriesMax = entriesMax;
    this.bytesMax = bytesMax;
  }

  /// The proposal that a transaction has a node.
  public static Proposal proposal(TraceEntry entry) {
    return new Proposal(NUMBER, encoded(entry));
  }

  /// Reads the reply to a proposal: who has the node now.
  public static Maybe<Hash> readReply(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the trace trie", reply);
    Hash holder = reader.bool() ? reader.hash() : null;
    reader.end();
    return new Maybe<>(holder);
  }

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public TraceEntry readCommand(CanonicalReader reader) {
    return TraceEntry.CODEC.read(reader);
  }

  @Override
  public TraceEntry readChange(CanonicalReader reader) {
    return TraceEntry.CODEC.read(reader);
  }

  @Override
  public Decision<TraceEntry> decide(TraceEntry entry, Moment at) {
    Hash holder = store.find(entry.node());
    if (holder != null) {
      return new Decision<>(List.of(), reply(holder));
    }
    return size() < entriesMax && chargedBytes() + CHARGE_BYTES <= bytesMax.getAsLong()
        ? new Decision<>(List.of(entry), reply(entry.key()))
        : new Decision<>(List.of(), reply(null));
  }

  @Override
  public void replay(TraceEntry change) {
    store.add(change);
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    TraceStore.View view = store.view();
    return writer -> {
      for (int ordinal = 0; ordinal < view.count(); ordinal++) {
        writer.write(encoded(view.get(ordinal)));
      }
    };
  }

  @Override
  public void clear() {
    store.clear();
  }

  /// Who has a node; null when nobody does.
  public @Nullable Hash find(Hash node) {
    return store.find(node);
  }

  public int size() {
    return store.view().count();
  }

  /// What the entries are charged, in bytes: the same at all replicas.
  public long chargedBytes() {
    return (long) size() * CHARGE_BYTES;
  }

  private static byte[] encoded(TraceEntry entry) {
    CanonicalWriter writer = new CanonicalWriter(TraceEntry.ENCODED_BYTES);
    TraceEntry.CODEC.write(entry, writer);
    return writer.toBytes();
  }

  private static byte[] reply(@Nullable Hash holder) {
    CanonicalWriter writer = new CanonicalWriter();
    writer.bool(holder != null);
    if (holder != null) {
      writer.hash(holder);
    }
    return writer.toBytes();
  }
}

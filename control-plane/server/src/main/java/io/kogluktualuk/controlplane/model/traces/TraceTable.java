package io.kogluktualuk.controlplane.model.traces;

import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The trace trie: which transaction's trace goes on from which node.
///
/// The first at a node stays there, unless a claim says that nothing is known of it any more. Who
/// claims a node that another has comes by: that one is of use, and marked. When the table is full,
/// the eldest entries that nobody has come by are forgotten, as in [TraceStore]. All of it is
/// decided by claims, which are in the log: reads are not.
///
/// To forget any entry is sound: an entry is where to look first, and whoever finds nothing runs
/// the program, and enters its trace.
///
/// Its memory is part of what is agreed on for the memo index: each entry is charged the same,
/// and together they may be charged a quarter of the limit ([#LIMIT_PART]), as long as the memos
/// leave that much. So the traces of many small programs do not take the room of outcomes.
///
/// ```
/// command           [TraceClaim]; without its last part in logs from before there were any
/// change, added     node 32 bytes │ key 32 bytes
/// change, marked    node 32 bytes
/// reply             u8 1 │ the key that has the node now, or u8 0 when there is no room
/// ```
///
/// Other changes are not written down: a snapshot has what is added, in order, and what is marked.
///
/// **Threading:** as [Table]. **Bound:** the limit, and never more than [#ENTRIES_MAX] entries,
/// some 80 MB. **Invariant:** what is charged follows from the number of entries alone.
public final class TraceTable implements Table<TraceClaim, TraceTable.Change> {

  public static final int NUMBER = 10;

  public static final int ENTRIES_MAX = 1 << 20;

  /// What happens to the trie.
  sealed interface Change {}

  private record Added(TraceEntry entry) implements Change {}

  private record Replaced(TraceEntry entry) implements Change {}

  private record Marked(Hash node) implements Change {}

  /// @param count at least so many
  private record Forgotten(int count) implements Change {}

  /// What an entry is charged: its bytes, 6 to 12 for its slot and, while slots are moved, some
  /// more.
  public static final int CHARGE_BYTES = 80;

  /// Traces may be charged the limit of the memo index divided by this.
  public static final int LIMIT_PART = 4;

  private final TraceStore store;
  private final int entriesMax;
  private final LongSupplier bytesMax;

  /// @param bytesMax what all entries may be charged now, the same on all replicas
  public TraceTable(LongSupplier bytesMax) {
    this(ENTRIES_MAX, TraceStore.CHUNK_ENTRIES, bytesMax);
  }

  /// @param entriesMax the same on all replicas
  /// @param chunkEntries how many are forgotten at a time, the same on all replicas
  TraceTable(int entriesMax, int chunkEntries, LongSupplier bytesMax) {
    this.store = new TraceStore(new SecureRandom().nextLong(), chunkEntries);
    this.entriesMax = entriesMax;
    this.bytesMax = bytesMax;
  }

  /// The proposal that a transaction has a node.
  public static Proposal proposal(TraceClaim claim) {
    CanonicalWriter writer = new CanonicalWriter(TraceClaim.ENCODED_BYTES_MAX);
    TraceClaim.CODEC.write(claim, writer);
    return new Proposal(NUMBER, writer.toBytes());
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
  public TraceClaim readCommand(CanonicalReader reader) {
    return reader.remaining() == TraceEntry.ENCODED_BYTES
        ? new TraceClaim(TraceEntry.CODEC.read(reader), null)
        : TraceClaim.CODEC.read(reader);
  }

  @Override
  public Change readChange(CanonicalReader reader) {
    return reader.remaining() == Hash.BYTES
        ? new Marked(reader.hash())
        : new Added(TraceEntry.CODEC.read(reader));
  }

  @Override
  public Decision<Change> decide(TraceClaim claim, Moment at) {
    TraceEntry entry = claim.entry();
    Hash holder = store.find(entry.node());
    if (holder == null) {
      return decideNew(entry);
    }
    if (Objects.equals(holder, claim.instead())) {
      return new Decision<>(List.of(new Replaced(entry)), reply(entry.key()));
    }
    List<Change> changes =
        store.isMarked(entry.node()) ? List.of() : List.of(new Marked(entry.node()));
    return new Decision<>(changes, reply(holder));
  }

  private Decision<Change> decideNew(TraceEntry entry) {
    int most = (int) Math.min(entriesMax, Math.max(0, bytesMax.getAsLong()) / CHARGE_BYTES);
    if (most == 0) {
      return new Decision<>(List.of(), reply(null));
    }
    int surplus = size() + 1 - most;
    List<Change> changes =
        surplus > 0 ? List.of(new Forgotten(surplus), new Added(entry)) : List.of(new Added(entry));
    return new Decision<>(changes, reply(entry.key()));
  }

  @Override
  public void replay(Change change) {
    switch (change) {
      case Added(TraceEntry entry) -> store.add(entry);
      case Replaced(TraceEntry entry) -> store.replace(entry);
      case Marked(Hash node) -> store.mark(node);
      case Forgotten(int count) -> store.forget(count);
    }
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    TraceStore.View view = store.view();
    return writer -> {
      for (int ordinal = 0; ordinal < view.count(); ordinal++) {
        TraceEntry entry = view.get(ordinal);
        writer.write(encoded(entry));
        if (view.isMarked(ordinal)) {
          writer.write(new CanonicalWriter(Hash.BYTES).hash(entry.node()).toBytes());
        }
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
    return store.size();
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

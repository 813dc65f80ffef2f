package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.Disagreement;
import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Which transaction gave which outcome.
///
/// The first to record an outcome is believed for as long as there is a memo of it. The same
/// outcome again changes nothing; a different one is kept as a [Disagreement], because a
/// transaction has only one. A memo is forgotten only when an operator asks for it: it is what a
/// lost output is computed again by.
///
/// How much memory memos may take is agreed on ([MemoCommand.SetLimit]), because a replica whose
/// heap is full stops for good. It must not depend on how memos lie in memory, which differs
/// between replicas, so each is charged the same.
///
/// **Threading:** as [Table]. **Bound:** the limit, and never more than
/// [MemoLimit#BYTES_MAX]; the latest [ControlStatus#DISAGREEMENTS_MAX] disagreements are kept, all
/// are counted.
/// **Invariant:** what is charged follows from the numbers of memos and traces alone.
public final class MemoTable implements Table<MemoCommand, MemoChange> {

  public static final int NUMBER = 2;

  /// What a memo is charged. In a chunk it takes 192 bytes at most and some 170 mostly, its slot
  /// 12 to 24 and, while slots are moved to twice as many, 36, and counting its hits some 6.
  public static final int CHARGE_BYTES = 240;

  /// The replies to nearly all commands.
  private static final byte[] FIRST = encoded(new Recorded.First());

  private static final byte[] SAME = encoded(new Recorded.Same());

  private final MemoStore store = new MemoStore(new SecureRandom().nextLong());
  private final Producers producers = new Producers();
  private final CanonicalWriter scratch = new CanonicalWriter(MemoChunk.ENTRY_BYTES_MAX);
  private final Deque<MemoChange.Disagreed> disagreements = new ArrayDeque<>();
  private final LongSupplier tracesBytes;
  private @Nullable MemoLimit limit;

  public MemoTable() {
    this(() -> 0);
  }

  /// @param tracesBytes what the trace trie beside it is charged: the limit is for both
  public MemoTable(LongSupplier tracesBytes) {
    this.tracesBytes = tracesBytes;
  }

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public MemoCommand readCommand(CanonicalReader reader) {
    return MemoCommand.read(reader);
  }

  @Override
  public MemoChange readChange(CanonicalReader reader) {
    return MemoChange.read(reader);
  }

  @Override
  public Decision<MemoChange> decide(MemoCommand command, Moment at) {
    return switch (command) {
      case MemoCommand.Record(MemoRecord memo) -> decideRecord(memo, at.proposedAtMillis());
      case MemoCommand.SetLimit(MemoLimit wanted, boolean isFirst) -> decideLimit(wanted, isFirst);
      case MemoCommand.Forget(ForgetMemos memos) -> decideForget(memos);
    };
  }

  /// Reads the reply to [MemoCommand.Record].
  public static Recorded readReply(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the memo index", reply);
    Recorded recorded = Recorded.CODEC.read(reader);
    reader.end();
    return recorded;
  }

  /// Reads the reply to [MemoCommand.Forget].
  public static long readForgotten(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the memo index", reply);
    long count = reader.varint();
    reader.end();
    return count;
  }

  @Override
  public void replay(MemoChange change) {
    switch (change) {
      case MemoChange.Known known -> {
        scratch.clear();
        MemoLayout.write(known, producers.take(known.memo().producer()), scratch);
        store.add(scratch.buffer(), scratch.length());
      }
      case MemoChange.Limited(MemoLimit agreed) -> limit = agreed;
      case MemoChange.Forgotten(Hash key) -> forget(key);
      case MemoChange.Disagreed disagreed -> {
        disagreements.addLast(disagreed);
        if (disagreements.size() > ControlStatus.DISAGREEMENTS_MAX) {
          disagreements.removeFirst();
        }
      }
    }
  }

  private void forget(Hash key) {
    int place = store.find(key);
    if (place >= 0) {
      producers.release(MemoLayout.producer(store.bytesAt(place), MemoStore.offsetAt(place)));
      store.remove(place);
    }
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    MemoView view = view();
    List<MemoChange.Disagreed> frozen = List.copyOf(disagreements);
    MemoLimit agreed = limit;
    return writer -> {
      view.writeChanges(writer);
      frozen.forEach(disagreed -> writer.write(disagreed.toBytes()));
      if (agreed != null) {
        writer.write(new MemoChange.Limited(agreed).toBytes());
      }
    };
  }

  @Override
  public void clear() {
    store.clear();
    producers.clear();
    disagreements.clear();
    limit = null;
  }

  /// Where a memo is, until the next one is forgotten, or -1 when there is none.
  public int find(Hash key) {
    return store.find(key);
  }

  /// The outcome of the memo at a place.
  public Outcome outcomeAt(int place) {
    return MemoLayout.outcome(store.bytesAt(place), MemoStore.offsetAt(place));
  }

  /// The memo at a place.
  public MemoChange.Known get(int place) {
    return MemoLayout.known(store.bytesAt(place), MemoStore.offsetAt(place), producers.names());
  }

  /// The number of the chunk in which a memo lies. There may be another chunk of that number when
  /// it is gone.
  public static int chunkAt(int place) {
    return MemoStore.chunkNumberAt(place);
  }

  /// What tells chunks of the same number apart.
  public int serialAt(int place) {
    return store.serialAt(place);
  }

  /// Where in its chunk a memo begins.
  public static int offsetAt(int place) {
    return MemoStore.offsetAt(place);
  }

  /// Everything there is now, to be read at leisure.
  public MemoView view() {
    return new MemoView(store.snapshot(), producers.names());
  }

  public int size() {
    return store.count();
  }

  /// Memory taken by the memos, in bytes, as they lie in this process.
  public long memoryBytes() {
    return store.memoryBytes();
  }

  /// What the memos and the traces are charged, in bytes: the same at all replicas.
  public long chargedBytes() {
    return (long) size() * CHARGE_BYTES + tracesBytes.getAsLong();
  }

  /// What traces may be charged now: their part of the limit, as far as the memos leave it.
  public long tracesBytesMax(int part) {
    return Math.min(bytesMax() / part, bytesMax() - (long) size() * CHARGE_BYTES);
  }

  private long bytesMax() {
    return limit == null ? MemoLimit.BYTES_MAX : limit.bytes();
  }

  /// What they may be charged, or null when nothing has been agreed on.
  public @Nullable MemoLimit limit() {
    return limit;
  }

  public long disagreementCount() {
    return disagreements.isEmpty() ? 0 : disagreements.getLast().count();
  }

  /// The latest disagreements, oldest first.
  public List<Disagreement> disagreements() {
    return disagreements.stream().map(MemoChange.Disagreed::disagreement).toList();
  }

  private Decision<MemoChange> decideRecord(MemoRecord memo, long atMillis) {
    int place = store.find(memo.key());
    if (place < 0) {
      Recorded.NoRoom missing = roomFor(memo);
      return missing == null
          ? new Decision<>(List.of(new MemoChange.Known(memo, atMillis)), FIRST)
          : new Decision<>(List.of(), encoded(missing));
    }
    MemoRecord kept = get(place).memo();
    if (kept.outcome().equals(memo.outcome())) {
      return new Decision<>(List.of(), SAME);
    }
    Disagreement disagreement =
        new Disagreement(
            memo.key(),
            kept.outcome().output(),
            kept.producer(),
            memo.outcome().output(),
            memo.producer(),
            atMillis);
    return new Decision<>(
        List.of(new MemoChange.Disagreed(disagreement, disagreementCount() + 1)),
        encoded(new Recorded.Disagreeing(kept.outcome().output())),
        List.of(audited(disagreement)));
  }

  private static Effect audited(Disagreement found) {
    String details =
        found.key()
            + ": "
            + found.keptBy()
            + " found "
            + found.keptOutput()
            + ", "
            + found.offeredBy()
            + " found "
            + found.offeredOutput();
    return new Effect.Audited("memo.disagreement", details);
  }

  private Decision<MemoChange> decideLimit(MemoLimit wanted, boolean isFirst) {
    MemoLimit before = limit;
    if (wanted.equals(before) || isFirst && before != null) {
      return new Decision<>(List.of(), new byte[0]);
    }
    String details = "from " + (before == null ? "none" : before) + " to " + wanted;
    return new Decision<>(
        List.of(new MemoChange.Limited(wanted)),
        new byte[0],
        List.of(new Effect.Audited("memo.limit", details)));
  }

  private Decision<MemoChange> decideForget(ForgetMemos ask) {
    List<MemoChange> changes = new ArrayList<>();
    for (Hash key : new LinkedHashSet<>(ask.keys())) {
      int place = store.find(key);
      if (place >= 0
          && MemoLayout.atMillis(store.bytesAt(place), MemoStore.offsetAt(place))
              < ask.beforeMillis()) {
        changes.add(new MemoChange.Forgotten(key));
      }
    }
    return new Decision<>(changes, new CanonicalWriter().varint(changes.size()).toBytes());
  }

  /// What there is no room for; null when there is.
  private Recorded.@Nullable NoRoom roomFor(MemoRecord memo) {
    long most = bytesMax();
    if (chargedBytes() + CHARGE_BYTES > most) {
      return new Recorded.NoRoom("bytes", chargedBytes(), most, CHARGE_BYTES);
    }
    return producers.hasRoomFor(memo.producer())
        ? null
        : new Recorded.NoRoom("producers", producers.size(), Producers.NAMES_MAX, 1);
  }

  private static byte[] encoded(Recorded recorded) {
    CanonicalWriter reply = new CanonicalWriter();
    Recorded.CODEC.write(recorded, reply);
    return reply.toBytes();
  }
}

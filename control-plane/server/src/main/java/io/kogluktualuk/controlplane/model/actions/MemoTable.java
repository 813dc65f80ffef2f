package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.Disagreement;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// Which transaction gave which outcome.
///
/// The first to record an outcome is believed for ever. The same outcome again changes nothing; a
/// different one is kept as a [Disagreement], because a transaction has only one.
///
/// **Threading:** as [Table]. **Bound:** [MemoStore]; the latest
/// [ControlStatus#DISAGREEMENTS_MAX] disagreements are kept, all are counted. A memo takes some 170
/// bytes and its place in the table 10 to 16 more, so a gigabyte of heap holds some 5.5 million.
public final class MemoTable implements Table<MemoCommand, MemoChange> {

  public static final int NUMBER = 2;

  /// More than any encoded memo takes.
  private static final int MEMO_BYTES_MAX = 512;

  /// The replies to nearly all commands.
  private static final byte[] FIRST = encoded(new Recorded.First());

  private static final byte[] SAME = encoded(new Recorded.Same());

  private final MemoStore store = new MemoStore(new SecureRandom().nextLong());
  private final Producers producers = new Producers();
  private final CanonicalWriter scratch = new CanonicalWriter(MEMO_BYTES_MAX);
  private final Deque<MemoChange.Disagreed> disagreements = new ArrayDeque<>();

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
    };
  }

  /// Reads the reply to [MemoCommand.Record].
  public static Recorded readReply(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the memo index", reply);
    Recorded recorded = Recorded.CODEC.read(reader);
    reader.end();
    return recorded;
  }

  @Override
  public void replay(MemoChange change) {
    switch (change) {
      case MemoChange.Known known -> {
        scratch.clear();
        MemoLayout.write(known, producers.number(known.memo().producer()), scratch);
        store.add(scratch.buffer(), scratch.length());
      }
      case MemoChange.Disagreed disagreed -> {
        disagreements.addLast(disagreed);
        if (disagreements.size() > ControlStatus.DISAGREEMENTS_MAX) {
          disagreements.removeFirst();
        }
      }
    }
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    MemoView view = view();
    List<MemoChange.Disagreed> frozen = List.copyOf(disagreements);
    return writer -> {
      CanonicalWriter change = new CanonicalWriter();
      for (int ordinal = 0; ordinal < view.size(); ordinal++) {
        change.clear();
        view.writeChange(ordinal, change);
        writer.write(change.toBytes());
      }
      frozen.forEach(disagreed -> writer.write(disagreed.toBytes()));
    };
  }

  @Override
  public void clear() {
    store.clear();
    producers.clear();
    disagreements.clear();
  }

  /// The ordinal of a memo, which it keeps for ever, or -1 when there is none.
  public int find(Hash key) {
    return store.find(key);
  }

  /// The outcome of the memo with an ordinal.
  public Outcome outcomeAt(int ordinal) {
    return MemoLayout.outcome(store.view(), ordinal);
  }

  /// Everything there is now, to be read at leisure.
  public MemoView view() {
    return new MemoView(store.view(), producers.names());
  }

  public int size() {
    return store.view().count();
  }

  /// Memory taken by the memos, in bytes.
  public long memoryBytes() {
    return store.memoryBytes();
  }

  public long disagreementCount() {
    return disagreements.isEmpty() ? 0 : disagreements.getLast().count();
  }

  /// The latest disagreements, oldest first.
  public List<Disagreement> disagreements() {
    return disagreements.stream().map(MemoChange.Disagreed::disagreement).toList();
  }

  private Decision<MemoChange> decideRecord(MemoRecord memo, long atMillis) {
    int ordinal = store.find(memo.key());
    if (ordinal < 0) {
      checkRoom(memo);
      return new Decision<>(List.of(new MemoChange.Known(memo, atMillis)), FIRST);
    }
    MemoRecord kept = view().get(ordinal).memo();
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

  private void checkRoom(MemoRecord memo) {
    if (!store.hasRoomFor(MEMO_BYTES_MAX)) {
      throw new OutOfSpace("the memo index is full: " + size() + " memos");
    }
    producers.checkRoom(memo.producer());
  }

  private static byte[] encoded(Recorded recorded) {
    CanonicalWriter reply = new CanonicalWriter();
    Recorded.CODEC.write(recorded, reply);
    return reply.toBytes();
  }
}

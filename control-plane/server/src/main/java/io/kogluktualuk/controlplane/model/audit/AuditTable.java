package io.kogluktualuk.controlplane.model.audit;

import io.kogluktualuk.controlplane.api.AuditChain;
import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// What was done to the fabric, by whom and when, each entry bound to all before it.
///
/// Every replica computes the same chain from the same log, so the hash of the last entry says
/// whether two of them, or a replica and an exported file, have seen the same. Nothing can be asked
/// of it: entries come from what other tables have done, together with the doing.
///
/// **Threading:** as [Table].
/// **Bound:** the latest [#RETAINED_MAX] entries, of which the first follows the anchor; some 30 MB
/// as they usually are, 110 MB at most.
/// **Errors:** [Corruption] when a snapshot holds a chain that is broken.
public final class AuditTable implements Table<AuditTable.Never, AuditChange> {

  public static final int NUMBER = 6;
  public static final int RETAINED_MAX = 100_000;

  /// Nothing can be asked.
  public record Never() {}

  private final int retainedMax;
  private final NavigableMap<Long, AuditEntry> entries = new TreeMap<>();
  private AuditHead head = AuditHead.EMPTY;

  public AuditTable() {
    this(RETAINED_MAX);
  }

  AuditTable(int retainedMax) {
    this.retainedMax = retainedMax;
  }

  @Override
  public int number() {
    return NUMBER;
  }

  /// The entry that this would be.
  public AuditChange entry(String who, Effect.Audited audited, Moment at) {
    String details = cut(audited.details());
    return new AuditChange.Added(
        new AuditEntry(
            head.sequence() + 1, head.hash(), at.proposedAtMillis(), who, audited.what(), details));
  }

  @Override
  public Never readCommand(CanonicalReader reader) {
    throw reader.malformed("nothing can be asked of the audit log");
  }

  @Override
  public AuditChange readChange(CanonicalReader reader) {
    return AuditChange.read(reader);
  }

  @Override
  public Decision<AuditChange> decide(Never command, Moment at) {
    throw new IllegalStateException("nothing can be asked of the audit log");
  }

  @Override
  public void replay(AuditChange change) {
    switch (change) {
      case AuditChange.Added(AuditEntry entry) -> add(entry);
      case AuditChange.Anchored(long sequence, Hash hash) -> {
        entries.clear();
        head = new AuditHead(sequence, hash, sequence, hash);
      }
    }
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    List<AuditEntry> frozen = List.copyOf(entries.values());
    AuditHead frozenHead = head;
    return writer -> {
      writer.write(
          new AuditChange.Anchored(frozenHead.anchorSequence(), frozenHead.anchor()).toBytes());
      frozen.forEach(entry -> writer.write(new AuditChange.Added(entry).toBytes()));
    };
  }

  @Override
  public void clear() {
    entries.clear();
    head = AuditHead.EMPTY;
  }

  public AuditHead head() {
    return head;
  }

  /// At most `max` entries behind the one with this number, oldest first.
  public List<AuditEntry> page(long after, int max) {
    return entries.tailMap(after, false).values().stream().limit(max).toList();
  }

  private void add(AuditEntry entry) {
    AuditChain chain =
        new AuditChain(new AuditHead(head.sequence(), head.hash(), head.sequence(), head.hash()));
    chain.follow(entry);
    entries.put(entry.sequence(), entry);
    long anchorSequence = head.anchorSequence();
    Hash anchor = head.anchor();
    while (entries.size() > retainedMax) {
      AuditEntry cut = entries.pollFirstEntry().getValue();
      anchorSequence = cut.sequence();
      anchor = cut.hash();
    }
    head = new AuditHead(entry.sequence(), entry.hash(), anchorSequence, anchor);
  }

  /// As much as fits, without a broken character at the end.
  private static String cut(String details) {
    if (details.getBytes(StandardCharsets.UTF_8).length <= AuditEntry.DETAILS_BYTES_MAX) {
      return details;
    }
    int length = Math.min(details.length(), AuditEntry.DETAILS_BYTES_MAX / 4);
    if (Character.isHighSurrogate(details.charAt(length - 1))) {
      length--;
    }
    return details.substring(0, length) + "…";
  }
}

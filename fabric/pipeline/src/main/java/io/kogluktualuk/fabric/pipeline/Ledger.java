package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The receiver's side of all links of a stage, without threads: what is in progress, for whom,
/// and what is lately done.
///
/// An envelope comes from as many links as its senders had to try. It is worked on once: a link
/// that brings it again is attached to the work in progress, or told at once what became of it.
/// Work is done when all outputs of it are, and then every attached link hears so.
///
/// Grants: each link may have an equal share of the stage's window, at least one envelope, and no
/// more than what it has already when the stages downstream have no room for more.
///
/// Work whose links have ended goes on. So that nobody piles it up by coming again and again, all
/// work together is bounded, and links are granted less while there is much that nobody waits for.
///
/// **Threading:** one thread at a time; its user's lock. **Bound:** twice the window in envelopes
/// and bytes for each link, and once more twice the window for what links have left behind;
/// so many verdicts as it is told to remember.
///
/// @param <L> a link
final class Ledger<L> {

  /// How many windows a link may have open. More than one, and honestly: after a restart of the
  /// receiver there may come what was sent again to its predecessor, is done, and is new to it.
  private static final int OVERDRAFT = 2;

  /// One envelope in progress.
  static final class Work<L> {

    private final Envelope envelope;
    private final List<L> links = new ArrayList<>(1);
    private int open = 1;
    private boolean isEmitted;
    private boolean isAdopted;
    private long leftNanos;
    private Verdict verdict = Verdict.DONE;

    private Work(Envelope envelope) {
      this.envelope = envelope;
    }

    Envelope envelope() {
      return envelope;
    }
  }

  /// What is to be done with an envelope that has come.
  sealed interface Arrival<L> {

    /// It is to be worked on.
    record Fresh<L>(Work<L> work) implements Arrival<L> {}

    /// It is being worked on.
    record Attached<L>() implements Arrival<L> {}

    /// It is done.
    record Known<L>(Verdict verdict) implements Arrival<L> {}

    /// The sender has more under way than it was ever granted.
    record Overdrawn<L>(String reason) implements Arrival<L> {}
  }

  /// Work that is done, and who is to be told.
  record Settled<L>(Hash id, Verdict verdict, List<L> links) {}

  /// What a link may have under way.
  record Grant(long envelopes, long bytes) {}

  private static final class Account {
    private long envelopes;
    private long bytes;
  }

  private final int windowEnvelopes;
  private final long windowBytes;
  private final Map<Hash, Work<L>> works = new LinkedHashMap<>();
  private final Map<L, Account> accounts = new HashMap<>();
  private final Lately lately;
  private int notEmitted;
  private int orphans;

  Ledger(int windowEnvelopes, long windowBytes, int latelyMax) {
    this.windowEnvelopes = windowEnvelopes;
    this.windowBytes = windowBytes;
    this.lately = new Lately(latelyMax);
  }

  void open(L link) {
    accounts.put(link, new Account());
  }

  /// A link has ended; what it brought goes on.
  void close(L link, long nowNanos) {
    if (accounts.remove(link) != null) {
      works.values().forEach(work -> leave(work, link, nowNanos));
    }
  }

  private void leave(Work<L> work, L link, long nowNanos) {
    if (work.links.remove(link) && work.links.isEmpty()) {
      orphans++;
      work.leftNanos = nowNanos;
    }
  }

  private void attach(Work<L> work, L link) {
    orphans -= work.links.isEmpty() ? 1 : 0;
    work.links.add(link);
  }

  /// The sender at a link has begun anew: it will send again what it still wants to know.
  void restart(L link, long nowNanos) {
    close(link, nowNanos);
    open(link);
  }

  Arrival<L> arrive(L link, Envelope envelope) {
    Account account = accounts.get(link);
    if (account == null) {
      return new Arrival.Overdrawn<>("the link is closed");
    }
    Verdict known = lately.get(envelope.id());
    if (known != null) {
      return new Arrival.Known<>(known);
    }
    Work<L> work = works.get(envelope.id());
    if (work != null && work.links.contains(link)) {
      return new Arrival.Attached<>();
    }
    long bytes = account.bytes + envelope.chargeBytes();
    boolean isMuch = account.envelopes > 0 && bytes / OVERDRAFT > windowBytes;
    if (account.envelopes >= (long) OVERDRAFT * windowEnvelopes || isMuch) {
      return new Arrival.Overdrawn<>(
          "it has sent "
              + (account.envelopes + 1)
              + " envelopes and "
              + bytes
              + " bytes that are not done, at most "
              + windowEnvelopes
              + " and "
              + windowBytes
              + " were granted");
    }
    if (work == null && works.size() >= OVERDRAFT * windowEnvelopes * (accounts.size() + 1L)) {
      return new Arrival.Overdrawn<>(
          works.size() + " envelopes are not done, of which " + orphans + " were left behind");
    }
    account.envelopes++;
    account.bytes = bytes;
    if (work != null) {
      attach(work, link);
      return new Arrival.Attached<>();
    }
    Work<L> fresh = begin(envelope);
    attach(fresh, link);
    return new Arrival.Fresh<>(fresh);
  }

  /// Work that nobody upstream waits for: what was set aside is tried again.
  ///
  /// @return null when it is in progress already
  @Nullable Work<L> again(Envelope envelope) {
    lately.remove(envelope.id());
    if (works.containsKey(envelope.id())) {
      return null;
    }
    Work<L> work = begin(envelope);
    work.isAdopted = true; // a name keeps its value
    return work;
  }

  private Work<L> begin(Envelope envelope) {
    Work<L> work = new Work<>(envelope);
    works.put(envelope.id(), work);
    notEmitted++;
    orphans++;
    return work;
  }

  /// So many outputs of a work are about to be sent; each of them is told of by [#outputDone].
  void emitting(Work<L> work, int outputs) {
    work.open += outputs;
    emitted(work);
  }

  private void emitted(Work<L> work) {
    if (!work.isEmitted) {
      work.isEmitted = true;
      notEmitted--;
    }
  }

  /// One output is done, or the handler is.
  ///
  /// @return the work, when that was the last
  @Nullable Settled<L> outputDone(Work<L> work, Verdict verdict) {
    work.verdict = work.verdict.and(verdict);
    if (--work.open > 0) {
      return null;
    }
    emitted(work);
    Hash id = work.envelope.id();
    works.remove(id);
    orphans -= work.links.isEmpty() ? 1 : 0;
    if (isRemembered(work.verdict)) {
      lately.put(id, work.verdict);
    }
    for (L link : work.links) {
      Account account = accounts.get(link);
      if (account != null) {
        account.envelopes--;
        account.bytes -= work.envelope.chargeBytes();
      }
    }
    return new Settled<>(id, work.verdict, List.copyOf(work.links));
  }

  /// What was refused or lost is worked on when it comes again: its value may be there then.
  private static boolean isRemembered(Verdict verdict) {
    return verdict.kind() == Verdict.Kind.DONE || verdict.kind() == Verdict.Kind.SET_ASIDE;
  }

  /// Whether nobody upstream has it any more.
  boolean isOrphan(Work<L> work) {
    return work.links.isEmpty();
  }

  /// Takes those whose value nobody upstream may hold for much longer: all who have sent them are
  /// gone, or silent for longer than [Claim#patience]. Each is taken once, unless it is
  /// [#notAdopted].
  ///
  /// @param heardNanos when a link was heard of last
  List<Work<L>> adopt(long nowNanos, ToLongFunction<L> heardNanos) {
    List<Work<L>> found = new ArrayList<>();
    for (Work<L> work : works.values()) {
      Claim claim = work.envelope.lease();
      if (claim != null
          && !work.isAdopted
          && silence(work, nowNanos, heardNanos) > claim.patience().toNanos()) {
        work.isAdopted = true;
        found.add(work);
      }
    }
    return found;
  }

  private static <L> long silence(Work<L> work, long nowNanos, ToLongFunction<L> heardNanos) {
    return work.links.stream()
        .mapToLong(link -> nowNanos - heardNanos.applyAsLong(link))
        .min()
        .orElse(nowNanos - work.leftNanos);
  }

  /// Its value could not be held, and may be later.
  void notAdopted(Work<L> work) {
    work.isAdopted = false;
  }

  /// What a link may have under way now.
  ///
  /// @param downstream how many more envelopes the stages downstream take
  Grant grant(L link, long downstream) {
    Account account = accounts.get(link);
    if (account == null) {
      return new Grant(0, 0);
    }
    int links = accounts.size();
    long share = Math.max(1, windowEnvelopes / links);
    long room = Math.min(downstream - notEmitted, (long) OVERDRAFT * windowEnvelopes - orphans);
    long more = room <= 0 ? 0 : Math.max(1, room / links);
    long envelopes = Math.min(share, account.envelopes + more);
    return new Grant(envelopes, Math.max(1, windowBytes / links));
  }

  int size() {
    return works.size();
  }

  long bytes() {
    return works.values().stream().mapToLong(work -> work.envelope.chargeBytes()).sum();
  }

  int links() {
    return accounts.size();
  }
}

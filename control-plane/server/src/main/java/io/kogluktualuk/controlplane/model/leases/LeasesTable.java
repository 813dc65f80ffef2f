package io.kogluktualuk.controlplane.model.leases;

import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.Lease;
import io.kogluktualuk.controlplane.api.Leases;
import io.kogluktualuk.controlplane.api.RenewLeases;
import io.kogluktualuk.controlplane.api.Renewal;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who has a lease, until when, and with which token.
///
/// Times are the log's. A lease whose time is over is dead for every command from then on, and is
/// taken out by the next [LeasesCommand.Expire] or [LeasesCommand.Acquire]; until then its token
/// counts as living in the [Fences], which errs on the safe side: nothing held is let go early.
///
/// A lease that was acquired by somebody with a certificate ([LeasesCommand.By]) is taken over,
/// renewed and ended by that certificate's name only. What callers without certificates do is not
/// compared: a control node has such callers only when it has no TLS.
///
/// **Threading:** as [Table].
/// **Bound:** [#LEASES_MAX] leases, [#ACCOUNT_LEASES_MAX] of one account.
/// **Invariant:** tokens only grow, and none is given out twice.
public final class LeasesTable implements Table<LeasesCommand, LeasesChange> {

  public static final int NUMBER = 3;

  /// The fences of so many always fit into a heartbeat's reply.
  public static final int LEASES_MAX = Fences.REVOKED_MAX;

  /// No single account can lock out the others.
  public static final int ACCOUNT_LEASES_MAX = LEASES_MAX * 2 / 3;

  static final Comparator<LeaseId> ORDER =
      Comparator.comparing(LeaseId::high, Long::compareUnsigned)
          .thenComparing(LeaseId::low, Long::compareUnsigned);

  private final NavigableMap<LeaseId, LeasesChange.Living> leases = new TreeMap<>(ORDER);
  private final LivingTokens tokens = new LivingTokens();

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public LeasesCommand readCommand(CanonicalReader reader) {
    return LeasesCommand.read(reader);
  }

  @Override
  public LeasesChange readChange(CanonicalReader reader) {
    return LeasesChange.read(reader);
  }

  @Override
  public Decision<LeasesChange> decide(LeasesCommand command, Moment at) {
    return command instanceof LeasesCommand.By(String caller, LeasesCommand own)
        ? decide(own, caller, at.elapsedMillis())
        : decide(command, "", at.elapsedMillis());
  }

  private Decision<LeasesChange> decide(LeasesCommand command, String caller, long now) {
    return switch (command) {
      case LeasesCommand.Acquire acquire -> decideAcquire(acquire, caller, now);
      case LeasesCommand.Renew renew -> decideRenew(renew.leases(), caller, now);
      case LeasesCommand.End(LeaseProof proof) -> decideEnd(proof, caller);
      case LeasesCommand.Revoke(LeaseId id) -> decideRevoke(id);
      case LeasesCommand.Expire _ -> new Decision<>(lapsed(now), new byte[0]);
      case LeasesCommand.By _ -> throw new IllegalArgumentException("a command by two: " + command);
    };
  }

  /// Reads the reply to [LeasesCommand.Acquire].
  public static Lease readLease(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the leases table", reply);
    Lease lease = Lease.CODEC.read(reader);
    reader.end();
    return lease;
  }

  /// Reads the reply to [LeasesCommand.Renew].
  public static List<Renewal> readRenewals(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the leases table", reply);
    int count = reader.count(RenewLeases.LEASES_MAX, 1, "the renewals");
    List<Renewal> renewals = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      renewals.add(Renewal.CODEC.read(reader));
    }
    reader.end();
    return renewals;
  }

  @Override
  public void replay(LeasesChange change) {
    switch (change) {
      case LeasesChange.Living living -> {
        LeaseId id = living.held().id();
        LeasesChange.Living before = leases.put(id, living);
        long token = tokenOf(living);
        if (before != null && tokenOf(before) != token) {
          tokens.die(tokenOf(before));
        }
        if (before == null || tokenOf(before) != token) {
          tokens.live(token, id);
        }
      }
      case LeasesChange.Ended(LeaseId id) -> {
        LeasesChange.Living before = leases.remove(id);
        if (before != null) {
          tokens.die(tokenOf(before));
        }
      }
      case LeasesChange.Issued(long token) -> tokens.raiseIssued(token);
    }
  }

  private static long tokenOf(LeasesChange.Living living) {
    return living.held().lease().proof().token();
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    List<LeasesChange.Living> frozen = List.copyOf(leases.values());
    long issued = tokens.issued();
    return writer -> {
      frozen.forEach(living -> writer.write(living.toBytes()));
      writer.write(new LeasesChange.Issued(issued).toBytes());
    };
  }

  @Override
  public void clear() {
    leases.clear();
    tokens.clear();
  }

  /// Which tokens are dead.
  public Fences fences() {
    return tokens.fences();
  }

  public int size() {
    return leases.size();
  }

  /// When the next lease lapses, in the log's time; `Long.MAX_VALUE` when none lives.
  public long nextExpiryMillis() {
    return leases.values().stream().mapToLong(LeasesTable::expiryOf).min().orElse(Long.MAX_VALUE);
  }

  /// At most `max` leases in the order of their ids, after one of them or from the first.
  public List<Leases.Held> page(@Nullable LeaseId after, int max) {
    var rest = after == null ? leases : leases.tailMap(after, false);
    return rest.values().stream().limit(max).map(LeasesChange.Living::held).toList();
  }

  private static long expiryOf(LeasesChange.Living living) {
    return living.held().lease().expiresAtMillis();
  }

  private static boolean isAnothers(LeasesChange.Living living, String caller) {
    return !caller.isEmpty() && !living.owner().isEmpty() && !living.owner().equals(caller);
  }

  private static Refused anothers(LeaseId id, String caller) {
    return new Refused("lease " + id + " is not " + caller + "'s: only who acquired it may use it");
  }

  private Decision<LeasesChange> decideAcquire(LeasesCommand.Acquire ask, String caller, long now) {
    List<LeasesChange> changes = new ArrayList<>(lapsed(now));
    LeasesChange.Living before = leases.get(ask.id());
    boolean isTaken = before != null && expiryOf(before) > now;
    if (before != null && isTaken) {
      checkMayTakeOver(before.held().lease().account(), ask);
      if (isAnothers(before, caller)) {
        throw anothers(ask.id(), caller);
      }
    }
    if (!isTaken) {
      checkRoom(ask.account(), now);
    }
    if (tokens.issued() >= Fences.TOKEN_MAX) {
      throw new OutOfSpace("all " + Fences.TOKEN_MAX + " tokens of leases are used up");
    }
    Lease lease =
        new Lease(
            new LeaseProof(ask.id(), tokens.issued() + 1),
            ask.account(),
            ask.ttlMillis(),
            now + ask.ttlMillis());
    changes.add(new LeasesChange.Living(new Leases.Held(lease, ask.holder()), caller));
    CanonicalWriter reply = new CanonicalWriter();
    Lease.CODEC.write(lease, reply);
    return new Decision<>(changes, reply.toBytes());
  }

  private static void checkMayTakeOver(Account account, LeasesCommand.Acquire ask) {
    if (!account.equals(ask.account())) {
      throw new Conflict("lease " + ask.id() + " lives for account " + account);
    }
  }

  private void checkRoom(Account account, long now) {
    int all = 0;
    int own = 0;
    for (LeasesChange.Living each : leases.values()) {
      if (expiryOf(each) > now) {
        all++;
        own += each.held().lease().account().equals(account) ? 1 : 0;
      }
    }
    if (all >= LEASES_MAX || own >= ACCOUNT_LEASES_MAX) {
      throw new OutOfSpace(
          "there are "
              + all
              + " leases of at most "
              + LEASES_MAX
              + ", "
              + own
              + " of account "
              + account
              + " of at most "
              + ACCOUNT_LEASES_MAX);
    }
  }

  private Decision<LeasesChange> decideRenew(RenewLeases ask, String caller, long now) {
    List<LeasesChange> changes = new ArrayList<>();
    CanonicalWriter reply = new CanonicalWriter().varint(ask.proofs().size());
    for (LeaseProof proof : ask.proofs()) {
      LeasesChange.Living living = leases.get(proof.id());
      Renewal renewal = new Renewal.Stale();
      if (living != null && lives(proof) && expiryOf(living) > now && !isAnothers(living, caller)) {
        Leases.Held held = living.held();
        Lease lease =
            new Lease(proof, held.lease().account(), ask.ttlMillis(), now + ask.ttlMillis());
        changes.add(new LeasesChange.Living(new Leases.Held(lease, held.holder()), living.owner()));
        renewal = new Renewal.Extended(lease.expiresAtMillis());
      }
      Renewal.CODEC.write(renewal, reply);
    }
    return new Decision<>(changes, reply.toBytes());
  }

  private Decision<LeasesChange> decideEnd(LeaseProof proof, String caller) {
    LeasesChange.Living living = leases.get(proof.id());
    if (living == null || !lives(proof)) {
      return new Decision<>(List.of(), new byte[0]);
    }
    if (isAnothers(living, caller)) {
      throw anothers(proof.id(), caller);
    }
    return new Decision<>(List.of(new LeasesChange.Ended(proof.id())), new byte[0]);
  }

  private Decision<LeasesChange> decideRevoke(LeaseId id) {
    LeasesChange.Living living = leases.get(id);
    if (living == null) {
      throw new NotFound("no lease " + id + " lives");
    }
    Leases.Held held = living.held();
    String details =
        id + " of " + held.lease().account() + ", token " + held.lease().proof().token();
    return new Decision<>(
        List.of(new LeasesChange.Ended(id)),
        new byte[0],
        List.of(new Effect.Audited("lease.revoke", details)));
  }

  private boolean lives(LeaseProof proof) {
    LeasesChange.Living living = leases.get(proof.id());
    return living != null && living.held().lease().proof().equals(proof);
  }

  private List<LeasesChange> lapsed(long now) {
    return leases.values().stream()
        .filter(living -> expiryOf(living) <= now)
        .map(living -> (LeasesChange) new LeasesChange.Ended(living.held().id()))
        .toList();
  }
}

package io.kogluktualuk.controlplane.model.credits;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.Allotments;
import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.CreditGrant;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.lease.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who may have how many bytes that may not be evicted, and where.
///
/// An account has a limit, and each memory node a part of it that it charges on its own. A node
/// that is silent, or agreed to be lost, keeps its parts: it may be alive behind a partition and
/// charge bytes to them, and it may come back with all it had. Only when it is forgotten, which is
/// for good, are its parts free. That is what keeps the sum right without asking anyone.
///
/// The account [Account#DEFAULT] has no limit until it is given one; others have none of anything.
///
/// **Threading:** as [Table]. **Bound:** [#ACCOUNTS_MAX] accounts, [#PARTS_MAX] parts.
/// **Invariant:** nothing is allotted that brings an account above its limit. It may be above it
/// only because the limit was lowered; then nothing is allotted until it fits.
public final class CreditsTable implements Table<CreditsCommand, CreditsChange> {

  public static final int NUMBER = 4;
  public static final int ACCOUNTS_MAX = 10_000;
  public static final int PARTS_MAX = 100_000;

  private static final class State {
    private final NavigableMap<NodeId, Long> parts = new TreeMap<>();
    private long limitBytes;
    private long allottedBytes;

    private State(long limitBytes) {
      this.limitBytes = limitBytes;
    }
  }

  private final Predicate<NodeId> isMember;
  private final NavigableMap<Account, State> accounts = new TreeMap<>();
  private int partCount;

  /// @param isMember whether a node may be given anything
  public CreditsTable(Predicate<NodeId> isMember) {
    this.isMember = isMember;
  }

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public CreditsCommand readCommand(CanonicalReader reader) {
    return CreditsCommand.read(reader);
  }

  @Override
  public CreditsChange readChange(CanonicalReader reader) {
    return CreditsChange.read(reader);
  }

  @Override
  public Decision<CreditsChange> decide(CreditsCommand command, Moment at) {
    return switch (command) {
      case CreditsCommand.SetLimit(Account account, long bytes) -> decideLimit(account, bytes);
      case CreditsCommand.Take take -> decideTake(take);
      case CreditsCommand.Return(Account account, NodeId node, long bytes) ->
          decideReturn(account, node, bytes);
    };
  }

  /// What becomes of the parts of a node that is no member any more.
  public List<CreditsChange> departed(NodeId node) {
    List<CreditsChange> changes = new ArrayList<>();
    accounts.forEach(
        (account, state) -> {
          if (state.parts.containsKey(node)) {
            changes.add(new CreditsChange.Allotted(account, node, 0));
          }
        });
    return changes;
  }

  /// Reads the reply to [CreditsCommand.Take].
  public static CreditGrant readGrant(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the credits table", reply);
    CreditGrant grant = CreditGrant.CODEC.read(reader);
    reader.end();
    return grant;
  }

  /// Reads the reply to the other commands.
  public static CreditBalance readBalance(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the credits table", reply);
    CreditBalance balance = CreditBalance.CODEC.read(reader);
    reader.end();
    return balance;
  }

  @Override
  public void replay(CreditsChange change) {
    switch (change) {
      case CreditsChange.Limited(Account account, long bytes) -> state(account).limitBytes = bytes;
      case CreditsChange.Allotted(Account account, NodeId node, long bytes) -> {
        State state = state(account);
        Long before = bytes == 0 ? state.parts.remove(node) : state.parts.put(node, bytes);
        state.allottedBytes =
            Math.addExact(state.allottedBytes, bytes - (before == null ? 0 : before));
        partCount += (bytes == 0 ? 0 : 1) - (before == null ? 0 : 1);
      }
    }
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    List<CreditsChange> frozen = new ArrayList<>();
    accounts.forEach(
        (account, state) -> {
          frozen.add(new CreditsChange.Limited(account, state.limitBytes));
          state.parts.forEach(
              (node, bytes) -> frozen.add(new CreditsChange.Allotted(account, node, bytes)));
        });
    return writer -> frozen.forEach(change -> writer.write(change.toBytes()));
  }

  @Override
  public void clear() {
    accounts.clear();
    partCount = 0;
  }

  /// At most `max` accounts in the order of their names, after one of them or from the first.
  public List<Accounts.Row> page(@Nullable Account after, int max) {
    NavigableMap<Account, State> rest = after == null ? accounts : accounts.tailMap(after, false);
    return rest.entrySet().stream()
        .limit(max)
        .map(
            each -> {
              State state = each.getValue();
              return new Accounts.Row(
                  each.getKey(), state.limitBytes, state.allottedBytes, state.parts.size());
            })
        .toList();
  }

  /// At most `max` parts of an account in the order of their nodes' ids, after one or all.
  public List<Allotments.Part> parts(Account account, @Nullable NodeId after, int max) {
    State state = accounts.get(account);
    if (state == null) {
      return List.of();
    }
    NavigableMap<NodeId, Long> rest =
        after == null ? state.parts : state.parts.tailMap(after, false);
    return rest.entrySet().stream()
        .limit(max)
        .map(part -> new Allotments.Part(part.getKey(), part.getValue()))
        .toList();
  }

  private Decision<CreditsChange> decideLimit(Account account, long bytes) {
    checkAccount(account);
    CreditBalance after = new CreditBalance(bytes, allotted(account), 0);
    return new Decision<>(
        List.of(new CreditsChange.Limited(account, bytes)),
        encode(after),
        List.of(
            new Effect.Audited(
                "credits.limit", account + " from " + limit(account) + " to " + bytes + " bytes")));
  }

  private Decision<CreditsChange> decideTake(CreditsCommand.Take ask) {
    Account account = ask.account();
    if (!isMember.test(ask.node())) {
      throw new NotFound("node " + ask.node() + " is not a member; it must register first");
    }
    checkAccount(account);
    long had = part(account, ask.node());
    if (had == 0 && partCount >= PARTS_MAX) {
      throw new OutOfSpace("there are " + PARTS_MAX + " parts of accounts already");
    }
    long free = Math.max(0, limit(account) - allotted(account));
    long granted = Math.min(ask.wantedBytes(), free);
    if (granted < ask.leastBytes()) {
      throw new OutOfCredits(
          "account "
              + account
              + " has "
              + allotted(account)
              + " of "
              + limit(account)
              + " bytes allotted; node "
              + ask.node()
              + " needs at least "
              + ask.leastBytes()
              + " more");
    }
    CreditBalance after =
        new CreditBalance(limit(account), allotted(account) + granted, had + granted);
    CanonicalWriter reply = new CanonicalWriter();
    CreditGrant.CODEC.write(new CreditGrant(granted, after), reply);
    return new Decision<>(
        List.of(new CreditsChange.Allotted(account, ask.node(), had + granted)), reply.toBytes());
  }

  private Decision<CreditsChange> decideReturn(Account account, NodeId node, long bytes) {
    long had = part(account, node);
    if (bytes > had) {
      throw new Conflict(
          "node "
              + node
              + " returns "
              + bytes
              + " bytes of account "
              + account
              + ", but has only "
              + had);
    }
    CreditBalance after = new CreditBalance(limit(account), allotted(account) - bytes, had - bytes);
    return new Decision<>(
        bytes == 0 ? List.of() : List.of(new CreditsChange.Allotted(account, node, had - bytes)),
        encode(after));
  }

  private void checkAccount(Account account) {
    if (accounts.size() >= ACCOUNTS_MAX && !accounts.containsKey(account)) {
      throw new OutOfSpace("there are " + ACCOUNTS_MAX + " accounts already");
    }
  }

  private State state(Account account) {
    return accounts.computeIfAbsent(account, fresh -> new State(firstLimit(fresh)));
  }

  private static long firstLimit(Account account) {
    return account.equals(Account.DEFAULT) ? CreditBalance.BYTES_MAX : 0;
  }

  private long limit(Account account) {
    State state = accounts.get(account);
    return state == null ? firstLimit(account) : state.limitBytes;
  }

  private long allotted(Account account) {
    State state = accounts.get(account);
    return state == null ? 0 : state.allottedBytes;
  }

  private long part(Account account, NodeId node) {
    State state = accounts.get(account);
    return state == null ? 0 : state.parts.getOrDefault(node, 0L);
  }

  private static byte[] encode(CreditBalance balance) {
    CanonicalWriter writer = new CanonicalWriter();
    CreditBalance.CODEC.write(balance, writer);
    return writer.toBytes();
  }
}

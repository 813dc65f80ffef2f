package io.kogluktualuk.controlplane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.Allotments;
import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.Leases;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.credits.CreditsCommand;
import io.kogluktualuk.controlplane.model.credits.CreditsTable;
import io.kogluktualuk.controlplane.model.leases.LeasesCommand;
import io.kogluktualuk.controlplane.model.leases.LeasesTable;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.controlplane.model.roots.RootsCommand;
import io.kogluktualuk.controlplane.model.roots.RootsTable;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What the tables should hold, computed from the answers alone in the plainest way.
final class NaiveTables {

  private record Place(Account account, NodeId node) {}

  private final ControlMachine parser = new ControlMachine();
  private final Map<Place, Long> parts = new HashMap<>();
  private final Map<Account, Long> limits = new HashMap<>(Map.of(Account.DEFAULT, 1L << 62));
  private final Map<RootName, Ref> roots = new HashMap<>();
  private final Set<Long> tokens = new HashSet<>();
  private final Map<NodeId, MemberInfo> members = new HashMap<>();
  private final Map<Hash, MemoRecord> memos = new HashMap<>();
  private long memoLimit = Long.MAX_VALUE;
  private boolean hasMemoLimit;
  private long revision;

  /// Takes note of a command that was done, and of what came of it.
  void apply(Proposal proposal, Reply reply) {
    if (!(reply instanceof Reply.Done(byte[] answer))) {
      return;
    }
    CanonicalReader reader = new CanonicalReader("command", proposal.command());
    switch (proposal.table()) {
      case CreditsTable.NUMBER -> credits(parser.credits().readCommand(reader), answer);
      case LeasesTable.NUMBER -> leases(parser.leases().readCommand(reader), answer);
      case RootsTable.NUMBER -> roots(parser.roots().readCommand(reader), answer);
      case MembersTable.NUMBER -> {
        members(parser.members().readCommand(reader));
      }
      case MemoTable.NUMBER -> memos(parser.memos().readCommand(reader), answer);
      default -> {}
    }
  }

  private void memos(MemoCommand command, byte[] answer) {
    switch (command) {
      case MemoCommand.Record(MemoRecord memo) -> {
        MemoRecord known = memos.get(memo.key());
        boolean hasRoom = (memos.size() + 1L) * MemoTable.CHARGE_BYTES <= memoLimit;
        switch (MemoTable.readReply(answer)) {
          case Recorded.First _ -> {
            assertTrue(known == null && hasRoom);
            memos.put(memo.key(), memo);
          }
          case Recorded.Same _ ->
              assertEquals(Objects.requireNonNull(known).outcome(), memo.outcome());
          case Recorded.Disagreeing _ ->
              assertNotEquals(Objects.requireNonNull(known).outcome(), memo.outcome());
          case Recorded.NoRoom _ -> assertTrue(known == null && !hasRoom);
        }
      }
      case MemoCommand.SetLimit(MemoLimit limit, boolean isFirst) -> {
        memoLimit = isFirst && hasMemoLimit ? memoLimit : limit.bytes();
        hasMemoLimit = true;
      }
      case MemoCommand.Forget(ForgetMemos ask) -> {
        int before = memos.size();
        if (ask.beforeMillis() > 0) {
          ask.keys().forEach(memos::remove);
        }
        assertEquals(before - memos.size(), MemoTable.readForgotten(answer));
      }
    }
  }

  private void members(MembersCommand command) {
    switch (command) {
      case MembersCommand.Register(MemberInfo info) -> {
        List<NodeId> displaced =
            members.values().stream()
                .filter(each -> each.address().equals(info.address()))
                .filter(each -> each.role() == info.role() && !each.id().equals(info.id()))
                .map(MemberInfo::id)
                .toList();
        displaced.forEach(this::forget);
        members.put(info.id(), info);
      }
      case MembersCommand.Forget(NodeId node) -> forget(node);
      default -> {}
    }
  }

  private void forget(NodeId node) {
    members.remove(node);
    parts.keySet().removeIf(place -> place.node().equals(node));
  }

  private void credits(CreditsCommand command, byte[] answer) {
    switch (command) {
      case CreditsCommand.SetLimit(Account account, long bytes) -> limits.put(account, bytes);
      case CreditsCommand.Take take -> {
        long granted = CreditsTable.readGrant(answer).grantedBytes();
        parts.merge(new Place(take.account(), take.node()), granted, Long::sum);
        long sum = sum(take.account());
        assertTrue(granted >= take.leastBytes() && granted <= take.wantedBytes());
        assertTrue(sum <= limits.getOrDefault(take.account(), 0L), "more than the limit");
        assertEquals(sum, CreditsTable.readGrant(answer).balance().allottedBytes());
      }
      case CreditsCommand.Return(Account account, NodeId node, long bytes) -> {
        CreditBalance balance = CreditsTable.readBalance(answer);
        parts.merge(new Place(account, node), -bytes, Long::sum);
        assertEquals(sum(account), balance.allottedBytes());
      }
    }
  }

  private long sum(Account account) {
    return parts.entrySet().stream()
        .filter(each -> each.getKey().account().equals(account))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void leases(LeasesCommand command, byte[] answer) {
    if (command instanceof LeasesCommand.By(String _, LeasesCommand own)) {
      leases(own, answer);
    } else if (command instanceof LeasesCommand.Acquire) {
      long token = LeasesTable.readLease(answer).proof().token();
      assertTrue(tokens.stream().allMatch(before -> before < token), "tokens must grow");
      tokens.add(token);
    }
  }

  private void roots(RootsCommand command, byte[] answer) {
    long reached = RootsTable.readReply(answer);
    assertEquals(revision + 1, reached);
    revision = reached;
    if (command.ref() == null) {
      roots.remove(command.name());
    } else {
      roots.put(command.name(), command.ref());
    }
  }

  /// Compares with what the tables hold now.
  void check(ControlMachine machine) {
    parts.values().removeIf(bytes -> bytes == 0);
    Map<Place, Long> found = new HashMap<>();
    for (Accounts.Row row : machine.credits().page(null, Integer.MAX_VALUE)) {
      long sum = 0;
      for (Allotments.Part part : machine.credits().parts(row.account(), null, Integer.MAX_VALUE)) {
        found.put(new Place(row.account(), part.node()), part.bytes());
        sum += part.bytes();
        assertTrue(machine.members().contains(part.node()), "credits of a node that is forgotten");
      }
      assertEquals(sum, row.allottedBytes());
      assertEquals(limits.getOrDefault(row.account(), 0L), row.limitBytes());
    }
    assertEquals(parts, found);
    Map<RootName, Ref> named = new HashMap<>();
    machine.roots().page(null, 100).forEach(root -> named.put(root.name(), root.ref()));
    assertEquals(roots, named);
    assertEquals(memos.size(), machine.memos().size());
    assertEquals(memos.size() * (long) MemoTable.CHARGE_BYTES, machine.memos().chargedBytes());
    memos.forEach(
        (key, memo) -> assertEquals(memo, machine.memos().get(machine.memos().find(key)).memo()));
    checkLeases(machine.leases().page(null, Integer.MAX_VALUE), machine);
  }

  private void checkLeases(List<Leases.Held> leases, ControlMachine machine) {
    Set<LeaseId> ids = new HashSet<>();
    Set<Long> living = new HashSet<>();
    for (Leases.Held held : leases) {
      assertTrue(ids.add(held.id()), "two leases of one id");
      living.add(held.lease().proof().token());
    }
    for (long token : tokens) {
      assertNotEquals(living.contains(token), machine.leases().fences().isDead(token));
    }
  }
}

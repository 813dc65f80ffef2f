package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.RenewLeases;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.credits.CreditsCommand;
import io.kogluktualuk.controlplane.model.leases.LeasesCommand;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.controlplane.model.pins.PinsTable;
import io.kogluktualuk.controlplane.model.roots.RootsCommand;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.testkit.Mutations;
import java.util.List;
import java.util.random.RandomGenerator;

/// Commands of every kind about few things, so that they meet; some of them damaged.
final class RandomCommands {

  private final RandomGenerator random;

  RandomCommands(RandomGenerator random) {
    this.random = random;
  }

  Proposal next(ControlMachine machine) {
    Proposal command =
        switch (random.nextInt(23)) {
          case 0, 1 -> new MembersCommand.Register(Memos.member(number())).toProposal();
          case 2 -> new MembersCommand.Forget(Memos.nodeId(number())).toProposal();
          case 3 ->
              new MembersCommand.Drain(Memos.nodeId(number()), random.nextBoolean()).toProposal();
          case 4 -> new MembersCommand.MarkLost(Memos.nodeId(number())).toProposal();
          case 5 -> new MembersCommand.Returned(Memos.nodeId(number())).toProposal();
          case 6, 7 -> acquire(number(), random.nextLong(100, 20_000));
          case 8 -> bySomebody(new LeasesCommand.Renew(renewal(machine))).toProposal();
          case 9 -> bySomebody(new LeasesCommand.End(proof(machine))).toProposal();
          case 10 -> new LeasesCommand.Revoke(leaseId(number())).toProposal();
          case 11 -> new LeasesCommand.Expire().toProposal();
          case 12 -> new CreditsCommand.SetLimit(account(), random.nextLong(1000)).toProposal();
          case 13, 14 -> take();
          case 15 ->
              new CreditsCommand.Return(account(), Memos.nodeId(number()), random.nextLong(200))
                  .toProposal();
          case 16, 17 -> root(machine);
          case 18 -> new PinsTable.Advance().toProposal();
          case 19 ->
              new MemoCommand.SetLimit(
                      new MemoLimit(random.nextLong(8) * MemoTable.CHARGE_BYTES),
                      random.nextBoolean())
                  .toProposal();
          case 20 ->
              new MemoCommand.Forget(
                      new ForgetMemos(
                          random.nextLong(2) << 50,
                          List.of(Memos.key(number()), Memos.key(number()))))
                  .toProposal();
          default ->
              new MemoCommand.Record(Memos.memo(number(), number(), "p" + number())).toProposal();
        };
    return random.nextInt(20) == 0
        ? new Proposal(command.table(), Mutations.mutate(command.command(), random))
        : command;
  }

  Proposal acquire(int lease, long ttlMillis) {
    LeasesCommand acquire =
        new LeasesCommand.Acquire(leaseId(lease), "holder", account(), ttlMillis);
    return bySomebody(acquire).toProposal();
  }

  private LeasesCommand bySomebody(LeasesCommand command) {
    int who = random.nextInt(4);
    return who == 0 ? command : new LeasesCommand.By("client " + who, command);
  }

  private int number() {
    return random.nextInt(6);
  }

  private Account account() {
    return new Account(random.nextInt(3) == 0 ? "default" : "a" + random.nextInt(2));
  }

  private static LeaseId leaseId(long number) {
    return new LeaseId(number, -number);
  }

  private LeaseProof proof(ControlMachine machine) {
    long issued = machine.leases().fences().issued();
    return new LeaseProof(leaseId(number()), 1 + random.nextLong(issued + 1));
  }

  private RenewLeases renewal(ControlMachine machine) {
    List<LeaseProof> living =
        machine.leases().page(null, 3).stream().map(held -> held.lease().proof()).toList();
    return new RenewLeases(
        random.nextBoolean() ? living : List.of(proof(machine), proof(machine)),
        random.nextLong(100, 20_000));
  }

  private Proposal take() {
    long wanted = random.nextLong(1, 300);
    return new CreditsCommand.Take(
            account(), Memos.nodeId(number()), wanted, random.nextLong(1, wanted + 1))
        .toProposal();
  }

  private Proposal root(ControlMachine machine) {
    Long expected =
        switch (random.nextInt(3)) {
          case 0 -> null;
          case 1 -> 0L;
          default -> random.nextLong(machine.roots().revision() + 1);
        };
    return new RootsCommand(
            new RootName("r/" + random.nextInt(3)),
            expected,
            random.nextInt(3) == 0 ? null : Memos.blob("x" + random.nextInt(9)))
        .toProposal();
  }
}

package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.Allotments;
import io.kogluktualuk.controlplane.api.AllotmentsOf;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.CreditGrant;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.ReturnCredits;
import io.kogluktualuk.controlplane.api.SetCreditLimit;
import io.kogluktualuk.controlplane.api.TakeCredits;
import io.kogluktualuk.controlplane.model.credits.CreditsCommand;
import io.kogluktualuk.controlplane.model.credits.CreditsTable;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.MethodTable;
import java.util.List;

/// The calls about space credits.
///
/// **Threading:** any thread.
final class CreditCalls {

  private final MainLog main;
  private final CreditsTable table;

  CreditCalls(MainLog main, CreditsTable table) {
    this.main = main;
    this.table = table;
  }

  void addTo(MethodTable methods) {
    methods
        .onFrom(ControlMethods.SET_CREDIT_LIMIT, this::setLimit)
        .onFrom(ControlMethods.TAKE_CREDITS, this::take)
        .onFrom(ControlMethods.RETURN_CREDITS, this::giveBack)
        .on(ControlMethods.ACCOUNTS, this::accounts)
        .on(ControlMethods.ALLOTMENTS, this::allotments);
  }

  private CreditBalance setLimit(Caller caller, SetCreditLimit ask) {
    CreditsCommand command = new CreditsCommand.SetLimit(ask.account(), ask.limitBytes());
    return CreditsTable.readBalance(main.propose(caller, ask.request(), command.toProposal()));
  }

  private CreditGrant take(Caller caller, TakeCredits ask) {
    CreditsCommand command =
        new CreditsCommand.Take(ask.account(), ask.node(), ask.wantedBytes(), ask.leastBytes());
    return CreditsTable.readGrant(main.propose(caller, ask.request(), command.toProposal()));
  }

  private CreditBalance giveBack(Caller caller, ReturnCredits ask) {
    CreditsCommand command = new CreditsCommand.Return(ask.account(), ask.node(), ask.bytes());
    return CreditsTable.readBalance(main.propose(caller, ask.request(), command.toProposal()));
  }

  private Accounts accounts(Maybe<Account> after) {
    return main.read(
        () -> {
          List<Accounts.Row> page = table.page(after.value(), Accounts.PAGE_MAX + 1);
          return new Accounts(
              page.stream().limit(Accounts.PAGE_MAX).toList(), page.size() > Accounts.PAGE_MAX);
        });
  }

  private Allotments allotments(AllotmentsOf ask) {
    return main.read(
        () -> {
          List<Allotments.Part> page =
              table.parts(ask.account(), ask.after(), Allotments.PAGE_MAX + 1);
          return new Allotments(
              page.stream().limit(Allotments.PAGE_MAX).toList(), page.size() > Allotments.PAGE_MAX);
        });
  }
}

package io.kogluktualuk.controlplane.model.credits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.lease.Account;
import org.junit.jupiter.api.Test;

final class CreditsTableTest {

  private static final Account ACCOUNT = new Account("a");
  private static final NodeId NODE = Memos.nodeId(1);

  private final CreditsTable table = new CreditsTable(node -> node.high() < 10);

  private Decision<CreditsChange> submit(CreditsCommand command) {
    Decision<CreditsChange> decision = table.decide(command, new Moment(0, 0));
    decision.changes().forEach(table::replay);
    return decision;
  }

  private long take(Account account, NodeId node, long wanted, long least) {
    CreditsCommand command = new CreditsCommand.Take(account, node, wanted, least);
    return CreditsTable.readGrant(submit(command).reply()).grantedBytes();
  }

  @Test
  void aLoweredLimitTakesNothingAwayAndAllotsNothing() {
    submit(new CreditsCommand.SetLimit(ACCOUNT, 100));
    assertEquals(80, take(ACCOUNT, NODE, 80, 1));
    submit(new CreditsCommand.SetLimit(ACCOUNT, 50));
    assertEquals(80, table.page(null, 1).getFirst().allottedBytes());
    assertThrows(OutOfCredits.class, () -> take(ACCOUNT, Memos.nodeId(2), 1, 1));
    submit(new CreditsCommand.Return(ACCOUNT, NODE, 40));
    assertEquals(10, take(ACCOUNT, Memos.nodeId(2), 30, 5));
  }

  @Test
  void onlyMembersTakeAndNobodyReturnsWhatIsNotHis() {
    assertThrows(NotFound.class, () -> take(Account.DEFAULT, Memos.nodeId(11), 1, 1));
    assertThrows(Conflict.class, () -> submit(new CreditsCommand.Return(Account.DEFAULT, NODE, 1)));
    assertThrows(OutOfCredits.class, () -> take(ACCOUNT, NODE, 1, 1), "it has no limit yet");
  }

  @Test
  void theDefaultAccountHasNoLimitUntilItIsGivenOne() {
    long most = CreditBalance.BYTES_MAX;
    assertEquals(most, take(Account.DEFAULT, NODE, most, most));
    assertThrows(OutOfCredits.class, () -> take(Account.DEFAULT, NODE, most, 1));
    table.departed(NODE).forEach(table::replay);
    assertEquals(0, table.page(null, 1).getFirst().allottedBytes());
  }

  @Test
  void partsHaveABound() {
    int nodes = 10;
    int each = CreditsTable.PARTS_MAX / nodes;
    for (int i = 0; i < each; i++) {
      for (int node = 0; node < nodes && i < CreditsTable.ACCOUNTS_MAX; node++) {
        Account account = new Account("x" + i);
        table.replay(new CreditsChange.Limited(account, 1000));
        table.replay(new CreditsChange.Allotted(account, Memos.nodeId(node), 1));
      }
    }
    Account last = new Account("x1");
    assertThrows(OutOfSpace.class, () -> take(Account.DEFAULT, NODE, 1, 1));
    assertEquals(1, take(last, NODE, 1, 1), "it has one already");
    submit(new CreditsCommand.Return(last, NODE, 2));
    assertEquals(1, take(last, NODE, 1, 1), "one was given back");
  }

  @Test
  void accountsHaveABound() {
    for (int i = 0; i < CreditsTable.ACCOUNTS_MAX; i++) {
      submit(new CreditsCommand.SetLimit(new Account("x" + i), 1));
    }
    assertThrows(OutOfSpace.class, () -> submit(new CreditsCommand.SetLimit(new Account("y"), 1)));
  }
}

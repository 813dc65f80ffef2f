package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.Session;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.StatusRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Asks the control plane and the memory nodes how accounts stand.
///
/// **Threading:** stateless. **Errors:** a memory node that does not answer counts as nothing.
final class CreditsReader {

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private CreditsReader() {}

  /// By name.
  static List<AccountUse> read(Session session) {
    Map<String, AccountUse> uses = new TreeMap<>();
    for (Accounts.Row row : session.control().accounts()) {
      uses.put(
          row.account().name(),
          new AccountUse(row.account(), row.limitBytes(), row.allottedBytes(), 0, 0, 0));
    }
    for (Member node : session.members(Role.MEMORY)) {
      if (!node.isSilent()) {
        add(session, node, uses);
      }
    }
    return List.copyOf(uses.values());
  }

  private static void add(Session session, Member node, Map<String, AccountUse> uses) {
    try {
      CreditsStatus status =
          session
              .channel(node)
              .call(MemoryCalls.CREDITS, new StatusRequest(), Deadline.after(PATIENCE));
      for (CreditsStatus.Row row : status.rows()) {
        Account account = row.account();
        AccountUse known =
            uses.getOrDefault(account.name(), new AccountUse(account, 0, 0, 0, 0, 0));
        uses.put(account.name(), known.plus(row));
      }
    } catch (FabricException e) {
      // What it charges is not known; what it was allotted is.
    }
  }
}

package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.StatusRequest;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// An account in the books of the control plane, and in those of the memory nodes.
///
/// **Threading:** stateless.
final class Credits {

  private static final Duration CALL = Duration.ofSeconds(2);

  private Credits() {}

  static long allotted(ControlClient control, Account account) {
    return control.accounts().stream()
        .filter(row -> row.account().equals(account))
        .mapToLong(Accounts.Row::allottedBytes)
        .sum();
  }

  /// The account's rows at all memory nodes that are heard.
  static List<CreditsStatus.Row> atNodes(ControlClient control, Account account) {
    List<CreditsStatus.Row> rows = new ArrayList<>();
    for (Member member : control.members().members()) {
      if (member.info().role() == Role.MEMORY && !member.isSilent()) {
        Deadline deadline = Deadline.after(CALL);
        try (Channel channel =
            RpcClient.connect(ClusterFile.parseAddress(member.info().address()), deadline)) {
          channel.call(MemoryCalls.CREDITS, new StatusRequest(), deadline).rows().stream()
              .filter(row -> row.account().equals(account))
              .forEach(rows::add);
        }
      }
    }
    return rows;
  }
}

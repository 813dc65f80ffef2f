package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.time.Duration;

/// How a client behaves.
///
/// @param tenant whose content is stored and fetched
/// @param account who pays for what is put and held
/// @param callTimeout how long one control call may take
/// @param transferTimeout how long the transfer of one batch of blobs may take
/// @param replicas on how many memory nodes source data is put; fewer when fewer live
/// @param progressInterval how often a run is asked how far it has come
/// @param security who this client and the nodes are proven to be
public record ClientSettings(
    Tenant tenant,
    Account account,
    Duration callTimeout,
    Duration transferTimeout,
    int replicas,
    Duration progressInterval,
    RpcSecurity security) {

  /// A minute for a batch: a busy laptop's disk can stall that long. Ten looks a second are smooth.
  public static final ClientSettings DEFAULT =
      new ClientSettings(
          Tenant.DEFAULT,
          Account.DEFAULT,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          2,
          Duration.ofMillis(100),
          RpcSecurity.NONE);

  public ClientSettings {
    if (!callTimeout.isPositive()
        || !transferTimeout.isPositive()
        || !progressInterval.isPositive()) {
      throw new IllegalArgumentException(
          "timeouts and intervals are positive: "
              + callTimeout
              + ", "
              + transferTimeout
              + ", "
              + progressInterval);
    }
    if (replicas < 1) {
      throw new IllegalArgumentException("at least one replica, found " + replicas);
    }
  }

  public ClientSettings withTenant(Tenant whose) {
    return new ClientSettings(
        whose, account, callTimeout, transferTimeout, replicas, progressInterval, security);
  }

  public ClientSettings withAccount(Account who) {
    return new ClientSettings(
        tenant, who, callTimeout, transferTimeout, replicas, progressInterval, security);
  }

  public ClientSettings withSecurity(RpcSecurity how) {
    return new ClientSettings(
        tenant, account, callTimeout, transferTimeout, replicas, progressInterval, how);
  }
}

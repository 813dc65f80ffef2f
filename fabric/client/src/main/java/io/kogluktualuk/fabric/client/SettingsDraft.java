package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Settings that are being read or changed.
///
/// **Threading:** one thread.
final class SettingsDraft {

  List<InetSocketAddress> controls = List.of();
  Tenant tenant = Tenant.DEFAULT;
  Account account = Account.DEFAULT;
  @Nullable Path identity;
  DataPath path = DataPath.AUTO;
  Duration callTimeout = Duration.ofSeconds(10);
  Duration transferTimeout = Duration.ofSeconds(60);
  Duration lease = Duration.ofSeconds(30);
  int replicas = 2;
  ByteCount viewMemory = ByteCount.mebibytes(64);
  Duration progressInterval = Duration.ofMillis(100);

  SettingsDraft() {}

  SettingsDraft(ClientSettings from) {
    controls = from.controls();
    tenant = from.tenant();
    account = from.account();
    identity = from.identity();
    path = from.path();
    callTimeout = from.callTimeout();
    transferTimeout = from.transferTimeout();
    lease = from.lease();
    replicas = from.replicas();
    viewMemory = from.viewMemory();
    progressInterval = from.progressInterval();
  }

  ClientSettings freeze() {
    return new ClientSettings(
        controls,
        tenant,
        account,
        identity,
        path,
        callTimeout,
        transferTimeout,
        lease,
        replicas,
        viewMemory,
        progressInterval);
  }
}

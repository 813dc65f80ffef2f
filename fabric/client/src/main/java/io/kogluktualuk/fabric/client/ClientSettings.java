package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which cluster a client talks to, and how it behaves. Immutable; [Setting] lists what each part
/// is called in URLs, files and the environment.
///
/// {@snippet file="Connecting.java" region="settings"}
///
/// @param controls where control nodes answer; one that does is enough. May be empty as long as
///     nobody connects
/// @param tenant whose content is stored and fetched
/// @param account who pays for what is put and held
/// @param identity the folder with which the client proves who it is, as `kog ca issue` writes it;
///     null for a cluster without TLS
/// @param path how bytes move; all sessions of a process use one
/// @param callTimeout how long one control call may take
/// @param transferTimeout how long the transfer of one batch of blobs may take
/// @param lease how long what is held stays when this process is no longer heard of
/// @param replicas on how many memory nodes source data is put; fewer when fewer live
/// @param viewMemory registered memory for what is looked at, and kept for the next look; taken
///     when it is needed
/// @param progressInterval how often a run is asked how far it has come
public record ClientSettings(
    List<InetSocketAddress> controls,
    Tenant tenant,
    Account account,
    @Nullable Path identity,
    DataPath path,
    Duration callTimeout,
    Duration transferTimeout,
    Duration lease,
    int replicas,
    ByteCount viewMemory,
    Duration progressInterval) {

  /// More than a control plane has.
  public static final int CONTROLS_MAX = 8;

  /// More replicas than that help nobody.
  public static final int REPLICAS_MAX = 16;

  /// More is rather the work of a memory node.
  public static final ByteCount VIEW_MEMORY_MAX = ByteCount.mebibytes(64 << 10);

  /// An hour for a call or a batch is as good as none.
  public static final Duration TIMEOUT_MAX = Duration.ofHours(1);

  /// A minute for a batch: a busy laptop's disk can stall that long. Ten looks a second are smooth.
  public static final ClientSettings DEFAULT = new SettingsDraft().freeze();

  /// @throws InvalidArgument when a part is out of its bounds
  public ClientSettings {
    controls = List.copyOf(controls);
    if (controls.size() > CONTROLS_MAX) {
      throw new InvalidArgument(
          "control: found " + controls.size() + " addresses, expected at most " + CONTROLS_MAX);
    }
    Durations.check("call-timeout", callTimeout, TIMEOUT_MAX);
    Durations.check("transfer-timeout", transferTimeout, TIMEOUT_MAX);
    Durations.check("lease", lease, Durations.LEASE_MAX);
    Durations.check("progress-interval", progressInterval, TIMEOUT_MAX);
    if (replicas < 1 || replicas > REPLICAS_MAX) {
      throw new InvalidArgument("replicas: found " + replicas + ", expected 1 to " + REPLICAS_MAX);
    }
    if (viewMemory.bytes() > VIEW_MEMORY_MAX.bytes()) {
      throw new InvalidArgument(
          "view-memory: found " + viewMemory + ", expected at most " + VIEW_MEMORY_MAX);
    }
  }

  /// Reads a URL: `kog://host:port,host:port?tenant=…&account=…&identity=FOLDER…`.
  ///
  /// @throws InvalidArgument naming the part that is wrong, what was expected and what was found
  public static ClientSettings ofUrl(String url) {
    return SettingsText.ofUrl(url);
  }

  /// Reads a file of lines `key=value`: the keys of a URL, and `control` or `url`.
  ///
  /// @throws InvalidArgument naming the line's key, what was expected and what was found
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such file
  public static ClientSettings ofFile(Path file) {
    return SettingsText.ofFile(file);
  }

  /// Reads environment variables: `KOG_URL`, or `KOG_CONTROL`, `KOG_TENANT`, … as [Setting] says.
  ///
  /// @param variables such as `System.getenv()`
  /// @throws InvalidArgument naming the variable, what was expected and what was found
  public static ClientSettings ofEnvironment(Map<String, String> variables) {
    return SettingsText.ofEnvironment(variables);
  }

  /// The URL that says the same; what is as by default is left out.
  ///
  /// @throws InvalidArgument when there is no control node
  public String toUrl() {
    return SettingsText.toUrl(this);
  }

  /// The same, for the cluster whose control nodes answer there.
  public ClientSettings withControls(List<InetSocketAddress> addresses) {
    return with(draft -> draft.controls = addresses);
  }

  /// The same, for the content of a tenant.
  public ClientSettings withTenant(Tenant whose) {
    return with(draft -> draft.tenant = whose);
  }

  /// The same, at the expense of an account.
  public ClientSettings withAccount(Account who) {
    return with(draft -> draft.account = who);
  }

  /// The same, as whoever the folder's certificate is for.
  ///
  /// @param folder null for a cluster without TLS
  public ClientSettings withIdentity(@Nullable Path folder) {
    return with(draft -> draft.identity = folder);
  }

  /// The same, with bytes that move in some way.
  public ClientSettings withPath(DataPath how) {
    return with(draft -> draft.path = how);
  }

  /// The same, with other times.
  ///
  /// @param call how long one control call may take
  /// @param transfer how long one batch of blobs may take
  public ClientSettings withTimeouts(Duration call, Duration transfer) {
    return with(
        draft -> {
          draft.callTimeout = call;
          draft.transferTimeout = transfer;
        });
  }

  /// The same, with holds that outlive this process for so long.
  public ClientSettings withLease(Duration time) {
    return with(draft -> draft.lease = time);
  }

  /// The same, with other room for views.
  ///
  /// @param bytes registered memory for views; none means that they are copies on the heap
  public ClientSettings withViewMemory(ByteCount bytes) {
    return with(draft -> draft.viewMemory = bytes);
  }

  /// The same, with sources on so many memory nodes.
  public ClientSettings withReplicas(int count) {
    return with(draft -> draft.replicas = count);
  }

  /// The same, with runs that are asked so often how far they have come.
  public ClientSettings withProgressInterval(Duration time) {
    return with(draft -> draft.progressInterval = time);
  }

  private ClientSettings with(Consumer<SettingsDraft> change) {
    SettingsDraft draft = new SettingsDraft(this);
    change.accept(draft);
    return draft.freeze();
  }
}

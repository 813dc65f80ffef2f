package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.Members;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.controlplane.client.Enrolment;
import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.RepairStatus;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.memnode.retention.Tally;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.StoreSettings;
import io.kogluktualuk.rdma.provider.Verbs;
import io.kogluktualuk.rdma.provider.VerbsProvider;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A running memory node: one store for each of its tenants, and one address for control calls.
///
/// **Threading:** any thread.
/// **Ownership:** owns stores, servers and threads; [#close] lets go of them in the order that
/// keeps everything valid that somebody may still use: leave the membership's heartbeats, stop
/// control calls, close each tenant's store.
public final class MemoryServer implements AutoCloseable {

  private static final Duration CREDITS_CALL_MAX = Duration.ofSeconds(5);

  private final OpenParts opened = new OpenParts("a memory node");

  private final NodeId id;
  private final String host;
  private final NodeKeeping keeping;
  private final StoreCalls calls;
  private final RpcServer rpc;
  private final Repairs repairs;
  private final @Nullable Enrolment enrolment;

  private MemoryServer(MemorySettings settings) {
    try {
      Map<Tenant, TenantStore> tenants = openTenants(settings);
      id = NodeId.parse(Objects.requireNonNull(tenants.get(Tenant.DEFAULT)).nodeId());
      host = host(settings.bind());
      keeping = new NodeKeeping(settings.folder(), tenants, settings.keeping(), new SecureRandom());
      opened.add(keeping);
      calls = new StoreCalls(id.toString(), settings.name(), host, tenants, keeping);
      repairs =
          opened.add(
              Repairs.start(
                  id.toString(),
                  tenants,
                  keeping,
                  settings.repair(),
                  ReaderSettings.defaults().withSecurity(settings.security())));
      MethodTable table =
          calls
              .table()
              .on(MemoryCalls.REPAIR, _ -> repairs.status())
              .on(MemoryCalls.SCARCE, repairs::onScarce)
              .guardedBy(StoreRules.rules());
      rpc = RpcServer.open(settings.bind(), table, settings.security());
      opened.add(rpc);
      if (settings.control().isEmpty()) {
        keeping.start(new Treasury.Own());
        enrolment = null;
      } else {
        enrolment = enrol(settings);
      }
    } catch (RuntimeException e) {
      opened.closeBecause(e);
      throw e;
    }
  }

  /// The default tenant has the node's folder, each other one a folder in it.
  private Map<Tenant, TenantStore> openTenants(MemorySettings settings) {
    Map<Tenant, TenantStore> tenants = new LinkedHashMap<>();
    List<Tenant> names = settings.allTenants();
    boolean isPinned = Verbs.install().provider() == VerbsProvider.NATIVE;
    StoreSettings whole = isPinned ? settings.store().forPinnedMemory() : settings.store();
    StoreSettings share = whole.share(names.size());
    String freshId = NodeId.of(new SecureRandom()).toString();
    for (Tenant tenant : names) {
      Path path = settings.folder(tenant);
      // There may have been fewer tenants before, and so a larger share.
      long blobs = names.size() == 1 ? 0 : MemoryStore.blobsAtMost(path);
      int port = settings.dataPort() == 0 ? 0 : settings.dataPort() + tenants.size();
      TenantStore store =
          TenantStore.open(
              tenant,
              path,
              freshId,
              share.withIndexFor(blobs + blobs / 4),
              new InetSocketAddress(settings.bind().getAddress(), port),
              settings.readKeys(),
              settings.keeping());
      opened.add(store);
      tenants.put(tenant, store);
    }
    return tenants;
  }

  /// Starts a node on its folder, with all blobs that it had. It becomes a member as soon as the
  /// control plane answers.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when another server holds the folder, or a port
  ///     is in use
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when the folder has no room for the index
  public static MemoryServer open(MemorySettings settings) {
    return new MemoryServer(settings);
  }

  /// The host that others reach this one by.
  private static String host(InetSocketAddress bind) {
    if (!bind.getAddress().isAnyLocalAddress()) {
      return bind.getAddress().getHostAddress();
    }
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      throw new Unavailable("this host does not know its own address; bind to one", e);
    }
  }

  private MemberInfo self(MemorySettings settings) {
    return new MemberInfo(
        Role.MEMORY,
        id,
        settings.name(),
        host + ":" + address().getPort(),
        settings.store().capacity().bytes(),
        settings.weight(),
        0);
  }

  private Enrolment enrol(MemorySettings settings) {
    ControlLink control = opened.add(ControlLink.open(settings.control(), settings.security()));
    ControlClient client = new ControlClient(control, CREDITS_CALL_MAX);
    keeping.start(new Treasury.ControlPlane(client, id, new RequestIds(new SecureRandom())));
    return opened.add(
        Enrolment.start(control, self(settings), settings.heartbeat(), this::load, listener()));
  }

  private Load load() {
    return new Load(calls.status().usedBytes(), 0, 0);
  }

  private Enrolment.Listener listener() {
    return new Enrolment.Listener() {
      @Override
      public void onBeat(HeartbeatReply reply) {
        MemoryServer.this.onBeat(reply);
      }

      @Override
      public void onRegistered() {
        keeping.onRegistered();
      }

      @Override
      public void onMembers(Members members) {
        MemoryServer.this.onMembers(members);
      }

      @Override
      public boolean wantsMembers() {
        return true;
      }
    };
  }

  /// Tells what a control node says. What it says about this node's state is among what it says
  /// about all.
  void onBeat(HeartbeatReply reply) {
    keeping.onBeat(reply);
  }

  /// Tells who the members are, and what has been heard of them.
  void onMembers(Members members) {
    onMembers(MemoryNode.among(members.members()));
    repairs.onHeard(members.members());
  }

  /// Tells who the memory nodes are now: blobs are copied to where they belong.
  void onMembers(List<MemoryNode> members) {
    repairs.onMembers(members);
  }

  /// What has been done so that each blob is where it belongs.
  public RepairStatus repair() {
    return repairs.status();
  }

  /// The identity that it keeps for ever.
  public NodeId id() {
    return id;
  }

  /// Where it answers control calls.
  public InetSocketAddress address() {
    return new InetSocketAddress(host, rpc.address().getPort());
  }

  public MemoryStatus status() {
    return calls.status();
  }

  /// What it has done that blobs stay, or go.
  public KeepingNumbers keeping() {
    Tally kept = keeping.tally();
    SpaceDoor door = keeping.door();
    return new KeepingNumbers(
        keeping.charged(),
        kept.evictableBytes(),
        door.waiting(),
        door.refused(),
        kept.evicted(),
        kept.evictedAhead(),
        kept.evictedBytes(),
        kept.collected(),
        kept.holds(),
        kept.leases(),
        calls.stale(),
        calls.damaged(),
        calls.syncs(),
        repair(),
        door.waits(),
        calls.syncTimes(),
        calls.putTimes());
  }

  /// Whether the control plane has heard of it lately.
  public boolean isEnrolled() {
    return enrolment != null && enrolment.isEnrolled();
  }

  @Override
  public void close() {
    opened.close();
  }
}

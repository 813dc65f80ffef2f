package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.repair.RepairSettings;
import io.kogluktualuk.memnode.store.StoreSettings;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Everything a memory node needs to know before it starts.
///
/// @param folder its state, held by one server at a time; may lie on tmpfs
/// @param name what people call it
/// @param bind where control calls are answered; port 0 picks a free one
/// @param dataPort where the default tenant's memory is served, at the same host, and the others'
///     at the ports after it; port 0 picks free ones
/// @param store how much it may hold
/// @param weight its share in placement relative to others
/// @param control where the control plane answers; empty for a node that belongs to none
/// @param heartbeat how often it gives a sign of life
/// @param tenants whose blobs it keeps besides the default tenant's; they share everything equally
/// @param readKeys when the keys for reading change
/// @param security who this node and its callers are proven to be
/// @param repair how it looks after its blobs when members change
/// @param keeping how it keeps what it has
public record MemorySettings(
    Path folder,
    String name,
    InetSocketAddress bind,
    int dataPort,
    StoreSettings store,
    int weight,
    List<InetSocketAddress> control,
    Duration heartbeat,
    List<Tenant> tenants,
    KeySchedule readKeys,
    RpcSecurity security,
    RepairSettings repair,
    KeepingSettings keeping) {

  /// A fifth of what the control plane takes for silence.
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /// Weight of a node for each GiB; small nodes have one unit.
  private static final long WEIGHT_UNIT_BYTES = 1L << 30;

  private static final int WEIGHT_MAX = 1 << 20;

  private static final String TENANTS = "tenants";

  public MemorySettings {
    control = List.copyOf(control);
    tenants = tenants.stream().filter(t -> !t.equals(Tenant.DEFAULT)).distinct().sorted().toList();
    if (tenants.size() >= MemoryCalls.TENANTS_MAX) {
      throw new InvalidArgument(
          "a memory node has at most "
              + MemoryCalls.TENANTS_MAX
              + " tenants with the default one, found "
              + (tenants.size() + 1));
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a memory node has a name");
    }
    if (dataPort < 0 || dataPort + tenants.size() > 0xFFFF) {
      throw new IllegalArgumentException("data port " + dataPort);
    }
    if (weight < 0 || weight > WEIGHT_MAX) {
      throw new IllegalArgumentException("weight " + weight + " is not in 0.." + WEIGHT_MAX);
    }
    if (!heartbeat.isPositive()) {
      throw new IllegalArgumentException("heartbeat every " + heartbeat);
    }
  }

  /// With the default tenant only.
  public MemorySettings(
      Path folder,
      String name,
      InetSocketAddress bind,
      int dataPort,
      StoreSettings store,
      int weight,
      List<InetSocketAddress> control,
      Duration heartbeat) {
    this(
        folder,
        name,
        bind,
        dataPort,
        store,
        weight,
        control,
        heartbeat,
        List.of(),
        KeySchedule.STANDARD,
        RpcSecurity.NONE,
        RepairSettings.defaults(),
        KeepingSettings.STANDARD);
  }

  /// A node that belongs to the control plane at these addresses, with its weight by capacity.
  public static MemorySettings of(
      Path folder,
      String name,
      InetSocketAddress bind,
      ByteCount capacity,
      int indexBlobs,
      List<InetSocketAddress> control) {
    long units = Math.clamp(capacity.bytes() / WEIGHT_UNIT_BYTES, 1, WEIGHT_MAX);
    StoreSettings store = StoreSettings.of(capacity, indexBlobs);
    return new MemorySettings(
        folder,
        name,
        bind,
        0,
        store,
        (int) units,
        control,
        HEARTBEAT,
        List.of(),
        KeySchedule.STANDARD,
        RpcSecurity.NONE,
        RepairSettings.defaults(),
        KeepingSettings.STANDARD);
  }

  public MemorySettings withStore(StoreSettings other) {
    return new MemorySettings(
        folder, name, bind, dataPort, other, weight, control, heartbeat, tenants, readKeys,
        security, repair, keeping);
  }

  public MemorySettings withTenants(List<Tenant> others) {
    return new MemorySettings(
        folder, name, bind, dataPort, store, weight, control, heartbeat, others, readKeys, security,
        repair, keeping);
  }

  public MemorySettings withReadKeys(KeySchedule schedule) {
    return new MemorySettings(
        folder, name, bind, dataPort, store, weight, control, heartbeat, tenants, schedule,
        security, repair, keeping);
  }

  public MemorySettings withSecurity(RpcSecurity how) {
    return new MemorySettings(
        folder, name, bind, dataPort, store, weight, control, heartbeat, tenants, readKeys, how,
        repair, keeping);
  }

  public MemorySettings withRepair(RepairSettings how) {
    return new MemorySettings(
        folder, name, bind, dataPort, store, weight, control, heartbeat, tenants, readKeys,
        security, how, keeping);
  }

  public MemorySettings withKeeping(KeepingSettings how) {
    return new MemorySettings(
        folder, name, bind, dataPort, store, weight, control, heartbeat, tenants, readKeys,
        security, repair, how);
  }

  /// The tenants besides the default one that a node had on this folder.
  public static List<Tenant> formerTenants(Path folder) throws IOException {
    Path tenants = folder.resolve(TENANTS);
    if (!Files.isDirectory(tenants)) {
      return List.of();
    }
    try (Stream<Path> found = Files.list(tenants)) {
      return found.map(path -> new Tenant(path.getFileName().toString())).sorted().toList();
    }
  }

  /// Where a tenant's blobs are: the default one's in the node's own folder.
  Path folder(Tenant tenant) {
    return tenant.equals(Tenant.DEFAULT) ? folder : folder.resolve(TENANTS).resolve(tenant.name());
  }

  /// The default tenant and the others, by name.
  public List<Tenant> allTenants() {
    List<Tenant> all = new ArrayList<>(List.of(Tenant.DEFAULT));
    all.addAll(tenants);
    return all;
  }
}

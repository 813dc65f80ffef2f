package io.kogluktualuk.fabric.node;

import io.kogluktualuk.computenode.server.ComputeSettings;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.Tenant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What an embedded cluster consists of.
///
/// @param folder keeps its state; made if need be
/// @param host the address that its nodes listen on
/// @param controlPort where the control plane answers, the second node of it at the next port
///     and so on; 0 for any free ports
/// @param controlNodes how many: 1, 3 or 5
/// @param memoryNodes how many
/// @param memoryCapacity of each memory node
/// @param computeNodes how many
/// @param slots programs that each compute node runs at a time
/// @param tenants whose blobs the memory nodes keep, besides the default tenant's and those
///     that the folder has already
/// @param isSecured whether all control calls and the log are mutually authenticated TLS 1.3,
///     by an authority in the folder
/// @param answerHold how long compute nodes hold what they have answered, at least
public record ClusterSettings(
    Path folder,
    String host,
    int controlPort,
    int controlNodes,
    int memoryNodes,
    ByteCount memoryCapacity,
    int computeNodes,
    int slots,
    List<Tenant> tenants,
    boolean isSecured,
    Duration answerHold) {

  static final int NODES_MAX = 64;
  static final int SLOTS_MAX = 1024;
  static final ByteCount CAPACITY_MIN = ByteCount.mebibytes(16);

  public ClusterSettings {
    tenants = List.copyOf(tenants);
    List<String> problems = new ArrayList<>();
    require(controlPort >= 0 && controlPort <= 0xFFFF, "control port " + controlPort, problems);
    require(
        List.of(1, 3, 5).contains(controlNodes),
        controlNodes + " control nodes (but 1, 3 or 5)",
        problems);
    require(memoryNodes >= 1 && memoryNodes <= NODES_MAX, memoryNodes + " memory nodes", problems);
    require(
        computeNodes >= 1 && computeNodes <= NODES_MAX, computeNodes + " compute nodes", problems);
    require(slots >= 1 && slots <= SLOTS_MAX, slots + " slots", problems);
    require(memoryCapacity.bytes() >= CAPACITY_MIN.bytes(), "capacity " + memoryCapacity, problems);
    require(
        tenants.size() < MemoryCalls.TENANTS_MAX,
        tenants.size() + " tenants besides the default one",
        problems);
    if (!problems.isEmpty()) {
      throw new InvalidArgument("a cluster cannot have " + String.join(", ", problems));
    }
  }

  /// With the default tenant only.
  public ClusterSettings(
      Path folder,
      String host,
      int controlPort,
      int memoryNodes,
      ByteCount memoryCapacity,
      int computeNodes,
      int slots) {
    this(
        folder,
        host,
        controlPort,
        1,
        memoryNodes,
        memoryCapacity,
        computeNodes,
        slots,
        List.of(),
        false,
        ComputeSettings.ANSWER_HOLD);
  }

  /// One control node, two memory nodes of 32 GiB, two compute nodes that share the processors.
  /// Memory is taken from the disk as blobs come, so a capacity is no reservation.
  public static ClusterSettings of(Path folder) {
    int processors = Runtime.getRuntime().availableProcessors();
    int computeNodes = 2;
    return new ClusterSettings(
        folder,
        "127.0.0.1",
        0,
        2,
        ByteCount.gibibytes(32),
        computeNodes,
        Math.max(1, processors / computeNodes));
  }

  /// What each compute node may keep of blobs on the heap: together a quarter of it.
  ByteCount computeCache() {
    return new ByteCount(Runtime.getRuntime().maxMemory() / 4 / computeNodes);
  }

  /// What each compute node may keep of blobs in registered memory: together as much as an eighth
  /// of the heap.
  ByteCount computeKept() {
    return new ByteCount(Runtime.getRuntime().maxMemory() / 8 / computeNodes);
  }

  public ClusterSettings withTenants(List<Tenant> others) {
    return with(draft -> draft.tenants = others);
  }

  /// @param address of this host, see [BindAddress]
  public ClusterSettings withHost(String address) {
    return with(draft -> draft.host = address);
  }

  public ClusterSettings withControlPort(int port) {
    return with(draft -> draft.controlPort = port);
  }

  public ClusterSettings withControlNodes(int nodes) {
    return with(draft -> draft.controlNodes = nodes);
  }

  public ClusterSettings withMemory(int nodes, ByteCount capacity) {
    return with(
        draft -> {
          draft.memoryNodes = nodes;
          draft.memoryCapacity = capacity;
        });
  }

  public ClusterSettings withCompute(int nodes, int slotsOfEach) {
    return with(
        draft -> {
          draft.computeNodes = nodes;
          draft.slots = slotsOfEach;
        });
  }

  public ClusterSettings withTls(boolean secured) {
    return with(draft -> draft.isSecured = secured);
  }

  /// @param atLeast how long compute nodes hold what they have answered; at most twice that
  public ClusterSettings withAnswerHold(Duration atLeast) {
    return with(draft -> draft.answerHold = atLeast);
  }

  private ClusterSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.freeze();
  }

  /// Settings that are being changed.
  private static final class Draft {

    private final Path folder;
    private String host;
    private int controlPort;
    private int controlNodes;
    private int memoryNodes;
    private ByteCount memoryCapacity;
    private int computeNodes;
    private int slots;
    private List<Tenant> tenants;
    private boolean isSecured;
    private Duration answerHold;

    Draft(ClusterSettings from) {
      folder = from.folder;
      host = from.host;
      controlPort = from.controlPort;
      controlNodes = from.controlNodes;
      memoryNodes = from.memoryNodes;
      memoryCapacity = from.memoryCapacity;
      computeNodes = from.computeNodes;
      slots = from.slots;
      tenants = from.tenants;
      isSecured = from.isSecured;
      answerHold = from.answerHold;
    }

    ClusterSettings freeze() {
      return new ClusterSettings(
          folder,
          host,
          controlPort,
          controlNodes,
          memoryNodes,
          memoryCapacity,
          computeNodes,
          slots,
          tenants,
          isSecured,
          answerHold);
    }
  }

  private static void require(boolean holds, String found, List<String> problems) {
    if (!holds) {
      problems.add(found);
    }
  }
}

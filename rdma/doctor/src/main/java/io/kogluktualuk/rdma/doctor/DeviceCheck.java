package io.kogluktualuk.rdma.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Devices, ports, addresses, and how large packets are.
///
/// **Threading:** stateless.
final class DeviceCheck implements Check {

  /// Headers and trailers of a RoCE packet inside an Ethernet frame's payload: IPv6 40, UDP 8, BTH
  /// 12, the longest extended header 28, XRC 4, ICRC 4, as Linux's `iboe_get_mtu` counts them.
  private static final int ROCE_OVERHEAD = 96;

  private static final int MTU_MAX = 4096;
  private static final int MTU_MIN = 256;

  @Override
  public List<Finding> look(Host host) {
    if (!host.hasDevice()) {
      return List.of(none());
    }
    List<Finding> findings = new ArrayList<>();
    boolean isAnyActive = host.ports().stream().anyMatch(RdmaPort::isActive);
    for (RdmaDevice device : host.devices()) {
      findings.add(device(device));
      for (RdmaPort port : device.ports()) {
        findings.add(port(port, isAnyActive));
        if (port.isRoce()) {
          findings.add(addresses(port));
          findings.add(packets(port));
        }
      }
    }
    return findings;
  }

  private static Finding none() {
    return Finding.note(
        "device",
        "no RDMA device",
        "one for native verbs; the software provider needs none",
        "lspci -nn | grep -iE 'infiniband|mellanox|ethernet' # an adapter there? load its driver;"
            + " without one, Soft-RoCE: modprobe rdma_rxe && rdma link add rxe0 type rxe netdev"
            + " eth0");
  }

  private static Finding device(RdmaDevice device) {
    List<String> parts = new ArrayList<>(List.of(device.name() + ": " + device.type()));
    if (!device.firmware().isEmpty()) {
      parts.add("firmware " + device.firmware());
    }
    parts.add("node " + device.nodeGuid());
    if (device.driver() != null) {
      parts.add("driver " + device.driver());
    }
    String found = String.join(", ", parts);
    return device.ports().isEmpty()
        ? Finding.problem("device", found + ", no port", "a port", "dmesg | grep " + device.name())
        : Finding.ok("device", found);
  }

  private static Finding port(RdmaPort port, boolean isAnyActive) {
    String found =
        "%s: %s (%s), %s, %s%s"
            .formatted(
                port.name(),
                port.state(),
                port.physicalState(),
                port.rate(),
                layer(port),
                port.netDevice() == null ? "" : " on " + port.netDevice());
    return port.isActive()
        ? Finding.ok("port", found)
        : Finding.lacking(!isAnyActive, "port", found, "ACTIVE (LinkUp)", revive(port));
  }

  private static String layer(RdmaPort port) {
    return switch (port.linkLayer()) {
      case ETHERNET -> "RoCE";
      case INFINIBAND -> "InfiniBand";
      case UNKNOWN -> "unknown link layer";
    };
  }

  private static String revive(RdmaPort port) {
    if (port.isRoce()) {
      return "ip link set " + port.netDeviceOr("DEV") + " up # then look at the cable and switch";
    }
    return port.state().equals("INIT")
        ? "sminfo # no subnet manager has set the port up: systemctl start opensm, on one host"
        : "ibstat " + port.device() + " # look at the cable and the switch";
  }

  private static Finding addresses(RdmaPort port) {
    List<Gid> routable = port.gids().stream().filter(Gid::isRoutable).toList();
    long old = port.gids().size() - routable.size();
    List<Gid> usable = routable.stream().filter(gid -> !gid.isLinkLocal()).toList();
    String net = port.netDeviceOr("DEV");
    if (usable.isEmpty()) {
      return Finding.lacking(
          port.isActive(),
          "gid",
          "%s: %d RoCE v1, %d RoCE v2, none with an IP address of %s"
              .formatted(port.name(), old, routable.size(), net),
          "a RoCE v2 GID with an IP address",
          "ip addr add 192.168.7.1/24 dev " + net);
    }
    String list =
        usable.stream()
            .map(gid -> gid.address() + " (index " + gid.index() + ")")
            .limit(4)
            .collect(Collectors.joining(", "));
    return Finding.ok(
        "gid", "%s: RoCE v2 %s on %s; %d RoCE v1".formatted(port.name(), list, net, old));
  }

  private static Finding packets(RdmaPort port) {
    String net = port.netDeviceOr("DEV");
    if (port.netMtu() == 0) {
      return Finding.note(
          "mtu", port.name() + ": the MTU of " + net + " is not known", "", "ip link show " + net);
    }
    int payload = MTU_MAX;
    while (payload > MTU_MIN && payload + ROCE_OVERHEAD > port.netMtu()) {
      payload /= 2;
    }
    String found =
        "%s: packets carry %d bytes, as %s has MTU %d"
            .formatted(port.name(), payload, net, port.netMtu());
    return payload == MTU_MAX
        ? Finding.ok("mtu", found)
        : Finding.note(
            "mtu",
            found,
            "4096 bytes: MTU %d or more".formatted(MTU_MAX + ROCE_OVERHEAD),
            "ip link set " + net + " mtu 9000 # on every host, and the switch has to allow it");
  }
}

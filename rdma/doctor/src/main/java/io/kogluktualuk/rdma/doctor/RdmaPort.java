package io.kogluktualuk.rdma.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One port of an RDMA device.
///
/// @param state such as `ACTIVE`, without its number
/// @param physicalState such as `LinkUp`, without its number
/// @param rate such as `100 Gb/sec (4X EDR)`
/// @param netDevice the network device beside it; null when there is none
/// @param netMtu of that device, in bytes; 0 when unknown
record RdmaPort(
    String device,
    String number,
    String state,
    String physicalState,
    String rate,
    LinkLayer linkLayer,
    @Nullable String netDevice,
    long netMtu,
    List<Gid> gids) {

  /// What carries the packets.
  enum LinkLayer {
    INFINIBAND,
    ETHERNET,
    UNKNOWN
  }

  /// Adapters have tables of 16 to 256; more than the first are of no use to anybody.
  private static final int GIDS_MAX = 256;

  RdmaPort {
    gids = List.copyOf(gids);
  }

  static RdmaPort read(Machine machine, String deviceFolder, String device, String number) {
    String folder = deviceFolder + "/ports/" + number;
    List<Gid> gids = gids(machine, folder);
    String net =
        gids.stream().map(Gid::netDevice).filter(Objects::nonNull).findFirst().orElse(null);
    if (net == null) {
      net = machine.text(deviceFolder + "/parent");
    }
    if (net == null) {
      net = machine.names(deviceFolder + "/device/net").stream().findFirst().orElse(null);
    }
    Long mtu = net == null ? null : machine.number("/sys/class/net/" + net + "/mtu");
    return new RdmaPort(
        device,
        number,
        word(machine.textOr(folder + "/state", "unknown")),
        word(machine.textOr(folder + "/phys_state", "unknown")),
        machine.textOr(folder + "/rate", "unknown rate"),
        linkLayer(machine.textOr(folder + "/link_layer", "")),
        net,
        mtu == null ? 0 : mtu,
        gids);
  }

  private static List<Gid> gids(Machine machine, String folder) {
    List<Gid> gids = new ArrayList<>();
    for (String index : machine.names(folder + "/gids")) {
      String text = machine.text(folder + "/gids/" + index);
      if (text == null || text.matches("[0:]*") || gids.size() == GIDS_MAX) {
        continue;
      }
      gids.add(
          new Gid(
              index,
              text,
              machine.textOr(folder + "/gid_attrs/types/" + index, ""),
              machine.text(folder + "/gid_attrs/ndevs/" + index)));
    }
    return gids;
  }

  private static LinkLayer linkLayer(String text) {
    return switch (text) {
      case "InfiniBand" -> LinkLayer.INFINIBAND;
      case "Ethernet" -> LinkLayer.ETHERNET;
      default -> LinkLayer.UNKNOWN;
    };
  }

  /// `4: ACTIVE` is `ACTIVE`.
  private static String word(String text) {
    return text.substring(text.indexOf(':') + 1).strip();
  }

  String name() {
    return device + "/" + number;
  }

  boolean isActive() {
    return state.equals("ACTIVE");
  }

  boolean isRoce() {
    return linkLayer == LinkLayer.ETHERNET;
  }

  /// The network device's name for a command, or a word to be replaced.
  String netDeviceOr(String word) {
    return netDevice == null ? word : netDevice;
  }
}

package io.kogluktualuk.rdma.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What can be seen of congestion control on RoCE without the vendor's tools: ECN's switches, the
/// traffic class of new connections, PFC, and whether packets have been lost.
///
/// **Threading:** stateless.
final class CongestionCheck implements Check {

  private static final int PRIORITIES = 8;

  /// Counters of `hw_counters` that grow when the network drops or reorders packets.
  private static final List<String> LOSSES =
      List.of("out_of_sequence", "packet_seq_err", "local_ack_timeout_err", "rx_icrc_encapsulated");

  private final Programs programs;

  CongestionCheck(Programs programs) {
    this.programs = programs;
  }

  @Override
  public List<Finding> look(Host host) {
    List<Finding> findings = new ArrayList<>();
    for (RdmaDevice device : host.devices()) {
      for (RdmaPort port : device.ports()) {
        if (device.isSoft()) {
          findings.add(
              Finding.ok("congestion", port.name() + ": Soft-RoCE has neither PFC nor ECN"));
        } else if (port.isRoce()) {
          findings.add(ecn(host.machine(), port));
          findings.add(trafficClass(host.machine(), port));
          findings.add(pfc(port));
          findings.add(losses(host.machine(), port));
        } else {
          findings.add(
              Finding.ok("congestion", port.name() + ": InfiniBand has credits on every link"));
        }
      }
    }
    return findings;
  }

  private static Finding ecn(Machine machine, RdmaPort port) {
    String net = port.netDeviceOr("DEV");
    String folder = "/sys/class/net/" + net + "/ecn";
    if (!machine.exists(folder)) {
      return Finding.note(
          "ecn",
          port.name() + ": the driver does not show its ECN switches",
          "notification point and reaction point on for the priority in use",
          "cat /sys/kernel/debug/mlx5/*/cc_params/* # or the vendor's tool for congestion control");
    }
    String points = enabled(machine, folder + "/roce_np");
    String reactions = enabled(machine, folder + "/roce_rp");
    String found =
        port.name() + ": ECN notifies on priorities " + points + ", reacts on " + reactions;
    boolean isOn = !points.equals("none") && !reactions.equals("none");
    return isOn
        ? Finding.ok("ecn", found)
        : Finding.note(
            "ecn",
            found,
            "on for the priority in use, 3 by custom",
            "echo 1 > %s/roce_np/enable/3; echo 1 > %s/roce_rp/enable/3".formatted(folder, folder));
  }

  private static String enabled(Machine machine, String folder) {
    List<String> on =
        IntStream.range(0, PRIORITIES)
            .filter(priority -> "1".equals(machine.text(folder + "/enable/" + priority)))
            .mapToObj(Integer::toString)
            .toList();
    return on.isEmpty() ? "none" : String.join(" ", on);
  }

  /// The connection manager's default, where its configfs folder has been made.
  private static Finding trafficClass(Machine machine, RdmaPort port) {
    String folder = "/sys/kernel/config/rdma_cm/" + port.device() + "/ports/" + port.number() + "/";
    String tos = machine.text(folder + "default_roce_tos");
    String mode = machine.textOr(folder + "default_roce_mode", "");
    String action =
        "modprobe configfs; mkdir -p /sys/kernel/config/rdma_cm/%s; echo 104 > %sdefault_roce_tos"
            .formatted(port.device(), folder);
    if (tos == null) {
      return Finding.note(
          "traffic class",
          port.name() + ": connections have the standard one, 0",
          "the one for which switches are lossless, often TOS 104 (DSCP 26)",
          action);
    }
    String found = port.name() + ": TOS " + tos + (mode.isEmpty() ? "" : ", " + mode);
    if (mode.contains("v1")) {
      return Finding.note(
          "traffic class",
          found,
          "RoCE v2, which is routed and marked",
          "echo 'RoCE v2' > " + folder + "default_roce_mode");
    }
    return tos.equals("0")
        ? Finding.note("traffic class", found, "often TOS 104 (DSCP 26)", action)
        : Finding.ok("traffic class", found);
  }

  private Finding pfc(RdmaPort port) {
    String net = port.netDeviceOr("DEV");
    String shown = programs.run(List.of("dcb", "pfc", "show", "dev", net));
    if (shown == null) {
      return Finding.note(
          "pfc",
          net + ": cannot be asked here",
          "on for the priority in use, on hosts and switches alike",
          "dcb pfc show dev "
              + net
              + " # or lldptool -t -i "
              + net
              + " -V PFC, or mlnx_qos -i "
              + net);
    }
    String line =
        shown
            .lines()
            .filter(text -> text.contains("prio-pfc"))
            .findFirst()
            .orElse("no priority listed")
            .strip();
    return line.contains(":on")
        ? Finding.ok("pfc", net + ": " + line)
        : Finding.note(
            "pfc",
            net + ": " + line,
            "on for the priority in use, unless the fabric relies on ECN alone",
            "dcb pfc set dev " + net + " prio-pfc 3:on");
  }

  private static Finding losses(Machine machine, RdmaPort port) {
    String folder =
        RdmaDevice.FOLDER + "/" + port.device() + "/ports/" + port.number() + "/hw_counters/";
    List<String> grown = new ArrayList<>();
    int known = 0;
    for (String counter : LOSSES) {
      Long value = machine.number(folder + counter);
      known += value == null ? 0 : 1;
      if (value != null && value > 0) {
        grown.add(counter + " " + value);
      }
    }
    if (grown.isEmpty()) {
      return Finding.ok(
          "loss",
          port.name() + (known == 0 ? ": the driver does not count" : ": no lost packets counted"));
    }
    return Finding.note(
        "loss",
        port.name() + ": " + String.join(", ", grown) + " since the driver was loaded",
        "0, or at least no growth: loss costs RoCE most of its speed",
        "rdma statistic show link " + port.name() + " # does it grow? then look at PFC and ECN");
  }
}

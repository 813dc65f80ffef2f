package io.kogluktualuk.rdma.ibverbs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads `/sys/class/infiniband`, which the kernel describes in
/// `Documentation/ABI/stable/sysfs-class-infiniband`.
final class SysDevices {

  private static final String NO_ADDRESS = "0000:0000:0000:0000:0000:0000:0000:0000";
  private static final Path MAPS = Path.of("/proc/self/maps");

  private final Path folder;

  SysDevices(Path folder) {
    this.folder = folder;
  }

  List<RdmaDevice> list() {
    return children(folder).stream().map(SysDevices::device).toList();
  }

  private static RdmaDevice device(Path device) {
    List<RdmaDevice.Port> ports =
        children(device.resolve("ports")).stream()
            .filter(port -> isNumber(port.getFileName().toString()))
            .map(SysDevices::port)
            .toList();
    return new RdmaDevice(
        device.getFileName().toString(),
        transport(afterColon(text(device.resolve("node_type"))), ports),
        text(device.resolve("fw_ver")),
        text(device.resolve("node_guid")),
        ports,
        null);
  }

  /// The kernel names the kind of node, which is the same for InfiniBand and RoCE.
  private static String transport(String nodeType, List<RdmaDevice.Port> ports) {
    return switch (nodeType) {
      case "CA" ->
          ports.stream().anyMatch(port -> port.linkLayer().equals("Ethernet"))
              ? "RoCE"
              : "InfiniBand";
      case "RNIC" -> "iWARP";
      default -> nodeType;
    };
  }

  private static RdmaDevice.Port port(Path port) {
    return new RdmaDevice.Port(
        Integer.parseInt(port.getFileName().toString()),
        afterColon(text(port.resolve("state"))),
        afterColon(text(port.resolve("phys_state"))),
        text(port.resolve("link_layer")),
        number(text(port.resolve("lid"))),
        text(port.resolve("rate")),
        0,
        0,
        gids(port));
  }

  private static List<RdmaDevice.Gid> gids(Path port) {
    List<RdmaDevice.Gid> gids = new ArrayList<>();
    for (Path file : children(port.resolve("gids"))) {
      String index = file.getFileName().toString();
      String address = text(file);
      if (isNumber(index) && !address.isEmpty() && !address.equals(NO_ADDRESS)) {
        Path attributes = port.resolve("gid_attrs");
        gids.add(
            new RdmaDevice.Gid(
                Integer.parseInt(index),
                address,
                text(attributes.resolve("types").resolve(index)),
                text(attributes.resolve("ndevs").resolve(index))));
      }
    }
    gids.sort(Comparator.comparingInt(RdmaDevice.Gid::index));
    return List.copyOf(gids);
  }

  /// Names in order; none when the folder is not there.
  private static List<Path> children(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /// A file's line; empty when it cannot be read, which is how the kernel answers for unused GIDs.
  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String afterColon(String text) {
    return text.substring(text.indexOf(':') + 1).strip();
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.length() < 9 && text.chars().allMatch(Character::isDigit);
  }

  private static int number(String text) {
    try {
      return Integer.decode(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  static @Nullable Path mapped(String name) {
    try (Stream<String> lines = Files.lines(MAPS)) {
      return lines
          .filter(line -> line.contains("/" + name))
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}

package io.kogluktualuk.rdma.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Versions: kernel, JDK, and the libraries that native verbs need.
///
/// **Threading:** stateless.
final class VersionCheck implements Check {

  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/lib/x86_64-linux-gnu",
          "/lib/aarch64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/usr/local/lib");

  private static final String PACKAGES =
      "apt-get install libibverbs1 librdmacm1 ibverbs-providers rdma-core";

  @Override
  public List<Finding> look(Host host) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.ok(
            "version",
            "Linux %s, Java %s on %s"
                .formatted(
                    host.machine().textOr("/proc/sys/kernel/osrelease", "of unknown release"),
                    Runtime.version(),
                    System.getProperty("os.arch"))));
    findings.add(library(host, "libibverbs.so.1"));
    findings.add(library(host, "librdmacm.so.1"));
    findings.add(drivers(host));
    return findings;
  }

  private static Finding library(Host host, String name) {
    String version = versionOf(host.machine(), name);
    return version == null
        ? Finding.lacking(
            host.hasDevice(),
            "library",
            name + " is not installed",
            "needed for native verbs",
            PACKAGES)
        : Finding.ok("library", name + ": " + version);
  }

  /// The file that a library's name leads to carries the version: `libibverbs.so.1.14.44.0`.
  private static @Nullable String versionOf(Machine machine, String name) {
    for (String folder : FOLDERS) {
      if (machine.exists(folder + "/" + name)) {
        String file = Objects.requireNonNullElse(machine.target(folder + "/" + name), name);
        return file + " in " + folder;
      }
    }
    return null;
  }

  /// libibverbs finds an adapter through a library of its own, which distributions package apart.
  private static Finding drivers(Host host) {
    for (String folder : FOLDERS) {
      List<String> found =
          host.machine().names(folder + "/libibverbs").stream()
              .filter(name -> name.contains("-rdmav"))
              .map(name -> name.substring("lib".length(), name.indexOf("-rdmav")))
              .toList();
      if (!found.isEmpty()) {
        return Finding.ok("library", "drivers of libibverbs: " + String.join(" ", found));
      }
    }
    return Finding.lacking(
        host.hasDevice(), "library", "no drivers of libibverbs", "one for the adapter", PACKAGES);
  }
}

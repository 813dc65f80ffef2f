package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What all connections of this process share.
///
/// **Threading:** any thread.
final class Host {

  private static final int QUEUE_PAIR_MASK = 0xFFFFFF;

  private final SoftwareSettings settings;
  private final RegionTable regions = new RegionTable();
  private final Mappings mappings = new Mappings();
  private final Loops loops;
  private final PathCounts counts = new PathCounts();
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger numbers = new AtomicInteger();
  private final String kernel;
  private final String process;
  private @Nullable SoftwareContext context;

  Host(SoftwareSettings settings) throws IOException {
    this.settings = settings;
    this.loops = new Loops(settings.paths());
    this.kernel = readKernel();
    byte[] identity = new byte[16];
    random.nextBytes(identity);
    this.process = HexFormat.of().formatHex(identity);
  }

  private static String readKernel() throws IOException {
    Path bootId = Path.of("/proc/sys/kernel/random/boot_id");
    String name =
        Files.isReadable(bootId)
            ? Files.readString(bootId).strip()
            : InetAddress.getLocalHost().getHostName();
    return name.substring(0, Math.min(name.length(), 60));
  }

  SoftwareSettings settings() {
    return settings;
  }

  /// Made on demand: its constructor asks DiSNI's provider for verbs, which need this host.
  synchronized SoftwareContext context() throws IOException {
    SoftwareContext current = context;
    if (current == null) {
      current = new SoftwareContext();
      context = current;
    }
    return current;
  }

  RegionTable regions() {
    return regions;
  }

  Mappings mappings() {
    return mappings;
  }

  Loops loops() {
    return loops;
  }

  PathCounts counts() {
    return counts;
  }

  /// Tells kernels apart: two processes with the same one can share memory.
  String kernel() {
    return kernel;
  }

  /// Tells processes apart.
  String process() {
    return process;
  }

  long nonce() {
    return random.nextLong();
  }

  int number() {
    return numbers.incrementAndGet() & QUEUE_PAIR_MASK;
  }
}

package io.kogluktualuk.memnode.store;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A mount of huge pages for a test, where whoever runs it may have one.
///
/// **Ownership:** unmounts, and gives the pages back.
final class HugePages implements AutoCloseable {

  private static final Path POOL = Path.of("/proc/sys/vm/nr_hugepages");

  /// Each time the kernel moves some more memory together.
  private static final int ATTEMPTS = 20;

  private final Path folder;
  private final String before;
  private final String reason;
  private final boolean isMounted;

  private HugePages(Path folder, String before, String reason, boolean isMounted) {
    this.folder = folder;
    this.before = before;
    this.reason = reason;
    this.isMounted = isMounted;
  }

  /// @param pages how many more the kernel shall have
  static HugePages mount(Path folder, int pages) throws IOException {
    Files.createDirectories(folder);
    if (!Files.isWritable(POOL)) {
      return new HugePages(folder, "", POOL + " cannot be written", false);
    }
    String before = read();
    String wanted = Integer.toString(Integer.parseInt(before) + pages);
    String now = before;
    try {
      for (int attempt = 0; attempt < ATTEMPTS && !now.equals(wanted); attempt++) {
        Files.writeString(POOL, wanted + "\n");
        now = read();
      }
    } catch (IOException e) {
      return new HugePages(folder, before, "no huge pages: " + e.getMessage(), false);
    }
    if (!now.equals(wanted)) {
      return new HugePages(folder, before, "the kernel has only " + now + " huge pages", false);
    }
    int status = run("mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "none", folder.toString());
    return new HugePages(
        folder, before, status == 0 ? "" : "hugetlbfs cannot be mounted", status == 0);
  }

  /// In one read: the kernel gives nothing to a second one.
  private static String read() throws IOException {
    byte[] text = new byte[64];
    try (FileInputStream file = new FileInputStream(POOL.toFile())) {
      int length = Math.max(0, file.read(text));
      return new String(text, 0, length, StandardCharsets.US_ASCII).strip();
    }
  }

  private static int run(String... words) throws IOException {
    Process process = new ProcessBuilder(words).inheritIO().start();
    try {
      if (process.waitFor(20, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return -1;
  }

  Path folder() {
    return folder;
  }

  /// Why there is none; empty when there is.
  String reason() {
    return reason;
  }

  @Override
  public void close() throws IOException {
    if (isMounted) {
      run("umount", folder.toString());
    }
    if (!before.isEmpty()) {
      Files.writeString(POOL, before + "\n");
    }
  }
}

package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A small tmpfs for tests of full disks. Mounting needs root: tests report themselves skipped
/// otherwise.
public final class SmallDisk implements AutoCloseable {

  private final Path mount;

  private SmallDisk(Path mount) {
    this.mount = mount;
  }

  public static SmallDisk mount(Path folder, int mebibytes) throws IOException {
    boolean isMounted =
        Files.isExecutable(Path.of("/bin/mount"))
            && run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", "" + folder)
                == 0;
    assumeTrue(isMounted, "skipped: mounting a tmpfs needs root");
    return new SmallDisk(folder);
  }

  public Path path() {
    return mount;
  }

  private static int run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.onExit().join().exitValue();
  }

  @Override
  public void close() throws IOException {
    run("umount", mount.toString());
  }
}

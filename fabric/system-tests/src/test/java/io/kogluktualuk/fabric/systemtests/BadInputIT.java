package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each kind of bad input has its own clear error and status, and loses nothing.
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(180)
final class BadInputIT {

  private static final Path PROGRAMS = Path.of("src/test/programs").toAbsolutePath();

  private Path folder = Path.of("unset");
  private Kog kog = new Kog(folder, folder);
  private String kept = "";

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    kog = new Kog(folder.resolve("home"), folder);
    Files.write(folder.resolve("wc.wasm"), Program.WC.wasm());
    Files.write(folder.resolve("bad.wasm"), new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 9, 1});
    StringBuilder namespace = new StringBuilder("/bin/wc file wc.wasm\n/bin/bad file bad.wasm\n");
    for (String name : new String[] {"spin", "hog", "recurse", "flood"}) {
      Path module = PROGRAMS.resolve(name + ".wasm");
      namespace.append("/bin/").append(name).append(" file ").append(module).append('\n');
    }
    Files.writeString(folder.resolve("ns"), namespace.toString());
    kog.up();
    kept = kog.put(new byte[] {1, 2, 3}).text();
  }

  @AfterAll
  void stop() throws Exception {
    assertArrayEquals(new byte[] {1, 2, 3}, kog.run("get", kept).succeeds().out());
    kog.close();
  }

  @Test
  void unknownHash() throws Exception {
    String hash = "00".repeat(32);
    kog.run("get", "blob:" + hash + ":5").failsWith(3, hash);
    kog.run("explain", hash).failsWith(3, hash);
  }

  @Test
  void truncatedTree() throws Exception {
    refusesTree("6b6f67540102016101" + "11".repeat(32) + "05", "truncated");
  }

  @Test
  void treeInAnotherThanItsCanonicalForm() throws Exception {
    String entry = "0161" + "01" + "11".repeat(32) + "05";
    refusesTree("6b6f67540102" + entry + entry, "does not come after");
  }

  private void refusesTree(String hex, String reason) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex);
    kog.put(bytes);
    kog.run("ls", "tree:" + Hash.of(bytes) + ":" + bytes.length)
        .failsWith(4, reason, Hash.of(bytes).toHex(), "at byte");
  }

  @Test
  void namespaceWithASyntaxError() throws Exception {
    Files.writeString(folder.resolve("wrong"), "/bin/wc file wc.wasm\n/x  blub 1\n");
    kog.run("run", "-n", "wrong", "--", "/bin/wc").failsWith(4, "wrong:2:5", "'blub'");
  }

  @Test
  void moduleThatDoesNotValidate() throws Exception {
    kog.run("run", "-n", "ns", "--", "/bin/bad").failsWith(10, "/bin/bad", "could not start");
  }

  @Test
  void programThatIsNotThere() throws Exception {
    kog.run("run", "-n", "ns", "--", "/bin/none").failsWith(10, "/bin/none");
  }

  @Test
  void programThatLoopsForEver() throws Exception {
    kog.run("run", "-n", "ns", "--fuel", "100M", "--", "/bin/spin")
        .failsWith(10, "/bin/spin", "out of fuel");
    kog.run("run", "-n", "ns", "--timeout", "2s", "--", "/bin/spin")
        .failsWith(11, "(allowed: 2.0 s)");
  }

  @Test
  void programThatAllocatesWithoutEnd() throws Exception {
    kog.run("run", "-n", "ns", "--memory", "64MiB", "--", "/bin/hog")
        .failsWith(9, "hog: no memory after", "exited with status 3");
  }

  @Test
  void programThatRecursesWithoutEnd() throws Exception {
    kog.run("run", "-n", "ns", "--", "/bin/recurse").failsWith(10, "nested too deep");
  }

  @Test
  void programThatWritesWithoutEnd() throws Exception {
    kog.run("run", "-n", "ns", "--output-limit", "10MiB", "--", "/bin/flood")
        .failsWith(10, "output limit");
  }

  @Test
  void programThatReadsWhatIsNotThere() throws Exception {
    kog.run("run", "-n", "ns", "--", "/bin/wc", "/nowhere")
        .failsWith(9, "wc: cannot open /nowhere", "status 1");
  }

  @Test
  void twoClustersOnOneFolder() throws Exception {
    kog.run("up", "--detach").failsWith(7, folder.resolve("home").toString());
  }

  @Test
  void portInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Kog other = new Kog(folder.resolve("other"), folder);
      other.run("up", "--detach", "--control-port", port).failsWith(7, port, "in use");
    }
  }

  @Test
  void fullDisk() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(mount(disk), "needs the right to mount a small tmpfs");
    try (Kog small = new Kog(disk.resolve("home"), folder)) {
      small.up("--memory", "1GiB"); // whose index leaves room on the disk
      String before = small.put(new byte[] {9, 9}).text();
      Path big = folder.resolve("big");
      Files.write(big, randomBytes(160 << 20));
      small.run("put", "big").failsWith(6, "space");
      assertArrayEquals(new byte[] {9, 9}, small.run("get", before).succeeds().out());
      assertEquals(0, small.run("status").exit());
    } finally {
      assertTrue(command("umount", "-l", disk.toString()));
    }
  }

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new java.util.SplittableRandom(7).nextBytes(bytes);
    return bytes;
  }

  private static boolean mount(Path disk) throws IOException, InterruptedException {
    return command("mount", "-t", "tmpfs", "-o", "size=150m", "kog-test", disk.toString());
  }

  private static boolean command(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}

package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What is done to the disks of nodes, and what an operator does then.
///
/// **Threading:** stateless; one thread.
final class DiskFaults {

  private static final int CHUNK = 1 << 20;
  private static final Duration JOINED_WITHIN = Duration.ofMinutes(2);

  private DiskFaults() {}

  static Fault.Healing fill(FaultGround ground, String name) throws IOException {
    Path filler = ground.cluster().folder(name).resolve("filler");
    try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
      byte[] chunk = new byte[CHUNK];
      for (int size = CHUNK; size >= 4096; size /= 2) {
        fillBy(file, chunk, size);
      }
    }
    return () -> {
      Files.delete(filler);
      if (!ground.cluster().isRunning(name)) {
        NodeFaults.start(ground, name);
      }
    };
  }

  private static void fillBy(RandomAccessFile file, byte[] chunk, int size) {
    try {
      while (true) {
        file.write(chunk, 0, size);
      }
    } catch (IOException _) {
      return; // it is full, to such a piece
    }
  }

  static Fault.Healing tearMemoryLog(FaultGround ground, HoldWork holds, RandomGenerator random)
      throws IOException, InterruptedException {
    String name = struck(ground, holds, random);
    Path log = ground.cluster().folder(name).resolve("sealed.log");
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      long end = written(file);
      if (random.nextBoolean()) {
        file.setLength(Math.max(128, end - random.nextInt(1, 300)));
      } else {
        file.seek(Math.max(128, end - 64));
        file.write(garbage(64, random));
      }
    }
    return () -> startRepaired(ground, name);
  }

  static Fault.Healing flipMemoryLog(FaultGround ground, HoldWork holds, RandomGenerator random)
      throws IOException, InterruptedException {
    String name = struck(ground, holds, random);
    flip(ground.cluster().folder(name).resolve("sealed.log"), random);
    return () -> startRepaired(ground, name);
  }

  static Fault.Healing flipArena(FaultGround ground, HoldWork holds, RandomGenerator random)
      throws IOException {
    String name = NodeFaults.memory(random);
    Path folder = ground.cluster().folder(name);
    holds.excuse(nodeId(folder));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path region :
          files.filter(p -> p.getFileName().toString().startsWith("region-")).toList()) {
        for (int i = 0; i < 200; i++) {
          flip(region, random);
        }
      }
    }
    return () -> {};
  }

  static Fault.Healing emptyMemory(FaultGround ground, HoldWork holds, RandomGenerator random)
      throws IOException, InterruptedException {
    String name = NodeFaults.memory(random);
    Path folder = ground.cluster().folder(name);
    String former = nodeId(folder);
    holds.excuse(former);
    ground.cluster().kill(name);
    wipe(folder);
    return () -> {
      NodeFaults.start(ground, name);
      forget(ground, former);
    };
  }

  private static void forget(FaultGround ground, String former) {
    for (Member member : ground.fabric().control().members().members()) {
      if (member.info().id().toString().equals(former)) {
        ground.fabric().control().forget(member.info().id());
      }
    }
  }

  static Fault.Healing tearControlLog(FaultGround ground, RandomGenerator random)
      throws IOException, InterruptedException {
    String name = NodeFaults.control(ground, random);
    ground.cluster().kill(name);
    Path log = newest(ground.cluster().folder(name), "log_inprogress");
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(Math.max(16, written(file) - random.nextInt(1, 200)));
    }
    return () -> NodeFaults.start(ground, name);
  }

  /// The node must refuse to start, and say which file; then another takes its place.
  static Fault.Healing flipControl(FaultGround ground, RandomGenerator random, String prefix)
      throws IOException, InterruptedException {
    String name = NodeFaults.control(ground, random);
    Path folder = ground.cluster().folder(name);
    Await.until(
        Deadline.after(JOINED_WITHIN),
        () -> has(folder, prefix),
        () -> name + " has no file " + prefix);
    ground.cluster().kill(name);
    Path file = newest(ground.cluster().folder(name), prefix);
    flip(file, random);
    return () -> {
      refused(ground, name, file.getFileName().toString());
      replaceControl(ground, name);
    };
  }

  /// The node must refuse to start under its old identity.
  static Fault.Healing emptyControl(FaultGround ground, RandomGenerator random)
      throws IOException, InterruptedException {
    String name = NodeFaults.control(ground, random);
    ground.cluster().kill(name);
    wipe(ground.cluster().folder(name));
    return () -> {
      refused(ground, name, "fresh");
      replaceControl(ground, name);
    };
  }

  private static void refused(FaultGround ground, String name, String word)
      throws InterruptedException {
    ground.cluster().start(name);
    int status = ground.cluster().awaitEnd(name);
    String said = ground.cluster().printed(name);
    if (status <= 0 || !said.contains(word)) {
      throw new AssertionError(
          name + " ended with " + status + ", expected a refusal naming '" + word + "': " + said);
    }
  }

  private static void replaceControl(FaultGround ground, String gone)
      throws IOException, InterruptedException {
    ground.fabric().control().change(new ChangePlane.Remove(gone, false));
    String name = ground.nextControl(gone);
    String address = ground.logAddress();
    ground.cluster().start(name);
    int colon = address.lastIndexOf(':');
    ChangePlane.Add add =
        new ChangePlane.Add(
            name,
            address.substring(address.indexOf('=') + 1, colon),
            Integer.parseInt(address.substring(colon + 1)));
    Await.until(
        Deadline.after(JOINED_WITHIN),
        () -> {
          ground.fabric().control().change(add);
          return true;
        },
        () -> name + " cannot be added: " + ground.cluster().printed(name));
    ground.cluster().awaitReady(name);
    ground.tellAddresses();
  }

  /// A memory node that finds its log damaged refuses, and is repaired; one whose last records
  /// were torn off starts without them.
  private static void startRepaired(FaultGround ground, String name)
      throws IOException, InterruptedException {
    ground.cluster().start(name);
    try {
      ground.cluster().awaitReady(name);
    } catch (FabricException e) {
      if (!ground.cluster().printed(name).contains("sealed.log")) {
        throw new AssertionError(name + " does not say which file is damaged", e);
      }
      Path folder = ground.cluster().folder(name);
      new Kog(folder, folder).run("fsck", folder.toString(), "--repair").succeeds();
      NodeFaults.start(ground, name);
    }
  }

  private static String struck(FaultGround ground, HoldWork holds, RandomGenerator random)
      throws IOException, InterruptedException {
    String name = NodeFaults.memory(random);
    holds.excuse(nodeId(ground.cluster().folder(name)));
    ground.cluster().kill(name);
    return name;
  }

  private static String nodeId(Path folder) throws IOException {
    return Files.readString(folder.resolve("node-id")).strip();
  }

  /// All but the configuration and what was logged.
  private static void wipe(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        String first = folder.relativize(path).getName(0).toString();
        if (!List.of("", "kog.conf", "log").contains(first)) {
          Files.delete(path);
        }
      }
    }
  }

  /// While it runs, files come and go.
  private static boolean has(Path folder, String prefix) {
    try {
      newest(folder, prefix);
      return true;
    } catch (IOException | UncheckedIOException _) {
      return false; // not yet
    }
  }

  private static Path newest(Path folder, String prefix) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(path -> path.getFileName().toString().startsWith(prefix))
          // A snapshot that is being written is nothing yet, and is thrown away by a start.
          .filter(path -> !path.toString().matches(".*\\.(md5|tmp)"))
          .max(Comparator.comparingLong(path -> path.toFile().lastModified()))
          .orElseThrow(() -> new IOException(folder + " has no file " + prefix + "*"));
    }
  }

  /// Flips one bit in the first half of what was written.
  private static void flip(Path path, RandomGenerator random) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      long end = written(file);
      if (end < 256) {
        return;
      }
      long at = random.nextLong(64, Math.max(65, end / 2));
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ 1 << random.nextInt(8));
    }
  }

  /// Where the zeros at the end of a file begin.
  private static long written(RandomAccessFile file) throws IOException {
    byte[] chunk = new byte[64 << 10];
    for (long end = file.length(); end > 0; ) {
      int part = (int) Math.min(chunk.length, end);
      file.seek(end - part);
      file.readFully(chunk, 0, part);
      for (int i = part - 1; i >= 0; i--) {
        if (chunk[i] != 0) {
          return end - part + i + 1;
        }
      }
      end -= part;
    }
    return 0;
  }

  private static byte[] garbage(int length, RandomGenerator random) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}

package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.PutPolicy;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What is done to the disks of memory nodes, and what an operator does then.
///
/// **Threading:** stateless; one thread.
final class MemoryDiskFaults {

  private static final String SMALL = "memory-3";
  private static final int FLIPS = 200;
  private static final String DAMAGED = "kog_memory_damaged";
  private static final String DROPPED = "kog_memory_dropped_at_start";
  private static final int HEADER_BYTES = 64;
  private static final int RECORD_BYTES = 64;
  private static final int RECORDS_MIN = 16;

  private MemoryDiskFaults() {}

  static Wound fill(Attack attack) throws IOException {
    Path filler = DiskBits.fill(attack.cluster().folder(SMALL));
    return new Wound(
        () -> Evidence.await(() -> isFull(attack), () -> SMALL + " still takes blobs"),
        () -> Files.delete(filler));
  }

  /// Puts so many small blobs there that its log needs more room, which it does not get.
  private static boolean isFull(Attack attack) {
    List<MemoryNode> only =
        MemoryNode.among(
            Operator.of(attack.ground().fabric()).control().members().members().stream()
                .filter(member -> member.info().name().equals(SMALL))
                .toList());
    ReaderSettings settings =
        ReaderSettings.defaults().withTimeout(Duration.ofSeconds(8)).withBuffers(4, 2);
    try (FabricBlobs node = FabricBlobs.open(() -> only, settings)) {
      List<Blob> blobs =
          Stream.generate(() -> Blob.of(Mutations.randomBytes(16, attack.random())))
              .limit(1000)
              .toList();
      node.with(PutPolicy.derived(0)).put(blobs);
      return false;
    } catch (OutOfSpace e) {
      return true;
    } catch (FabricException e) {
      return Failures.text(e).contains("No space left");
    }
  }

  /// Some of the last records are gone, and a part of one is left.
  static Wound tearLog(Attack attack) throws IOException, InterruptedException {
    String name = struck(attack);
    RandomGenerator random = attack.random();
    long records = records(log(attack, name));
    try (RandomAccessFile log = new RandomAccessFile(log(attack, name).toFile(), "rw")) {
      byte[] part = new byte[random.nextInt(16, RECORD_BYTES)];
      random.nextBytes(part);
      long kept = HEADER_BYTES + (records - random.nextInt(1, 6)) * RECORD_BYTES;
      log.setLength(kept);
      log.seek(kept);
      log.write(part);
    }
    Evidence evidence = new Evidence(attack.ground());
    long before = evidence.said(name, "of no whole record");
    return Wound.healedBy(
        () -> {
          startRepaired(attack, name);
          evidence.awaitSaid(name, "of no whole record", before);
        });
  }

  static Wound flipLog(Attack attack) throws IOException, InterruptedException {
    String name = struck(attack);
    DiskBits.flip(log(attack, name), attack.random());
    return Wound.healedBy(
        () -> {
          boolean isRefused = startRepaired(attack, name);
          if (!isRefused && new Evidence(attack.ground()).metric(name, DROPPED) == 0) {
            throw new AssertionError(name + " has not noticed that its log is damaged");
          }
        });
  }

  static Wound flipArena(Attack attack) throws IOException, InterruptedException {
    String name = attack.memory();
    awaitRecords(attack, name);
    Path folder = attack.cluster().folder(name);
    attack.holds().excuse(nodeId(folder));
    Evidence evidence = new Evidence(attack.ground());
    double before = evidence.metric(name, DAMAGED);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path region :
          files.filter(p -> p.getFileName().toString().startsWith("region-")).toList()) {
        for (int i = 0; i < FLIPS; i++) {
          DiskBits.flip(region, attack.random());
        }
      }
    }
    return Wound.healedBy(() -> {})
        .shownBy(
            () ->
                Evidence.await(
                    () -> evidence.metric(name, DAMAGED) > before,
                    () -> name + " has found no damaged blob"));
  }

  static Wound empty(Attack attack) throws IOException, InterruptedException {
    String name = attack.memory();
    Path folder = attack.cluster().folder(name);
    String former = nodeId(folder);
    attack.holds().excuse(former);
    attack.cluster().kill(name);
    DiskBits.wipe(folder);
    return Wound.healedBy(
        () -> {
          attack.start(name);
          if (nodeId(folder).equals(former)) {
            throw new AssertionError(name + " has come back empty as " + former);
          }
          forget(attack.ground(), former);
        });
  }

  private static void forget(FaultGround ground, String former) {
    for (Member member : Operator.of(ground.fabric()).control().members().members()) {
      if (member.info().id().toString().equals(former)) {
        Operator.of(ground.fabric()).control().forget(member.info().id());
      }
    }
  }

  /// A memory node that finds its log damaged refuses, and is repaired; one whose last records
  /// were torn off starts without them.
  ///
  /// @return whether it refused
  private static boolean startRepaired(Attack attack, String name)
      throws IOException, InterruptedException {
    attack.cluster().start(name);
    try {
      attack.cluster().awaitReady(name);
      return false;
    } catch (FabricException e) {
      if (!attack.cluster().printed(name).contains("sealed.log")) {
        throw new AssertionError(name + " does not say which file is damaged", e);
      }
      Path folder = attack.cluster().folder(name);
      new Kog(folder, folder).run("fsck", folder.toString(), "--repair").succeeds();
      attack.start(name);
      return true;
    }
  }

  private static String struck(Attack attack) throws IOException, InterruptedException {
    String name = attack.memory();
    awaitRecords(attack, name);
    attack.holds().excuse(nodeId(attack.cluster().folder(name)));
    attack.cluster().kill(name);
    return name;
  }

  /// A cluster that has just begun has nothing yet to be damaged.
  private static void awaitRecords(Attack attack, String name) throws InterruptedException {
    Evidence.await(
        () -> records(log(attack, name)) >= RECORDS_MIN, () -> name + " has hardly any blobs");
  }

  private static long records(Path log) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      return (DiskBits.written(file) - HEADER_BYTES) / RECORD_BYTES;
    }
  }

  private static Path log(Attack attack, String name) {
    return attack.cluster().folder(name).resolve("sealed.log");
  }

  private static String nodeId(Path folder) throws IOException {
    return Files.readString(folder.resolve("node-id")).strip();
  }
}

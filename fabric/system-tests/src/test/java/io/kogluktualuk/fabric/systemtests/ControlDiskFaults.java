package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What is done to the disks of control nodes, and what an operator does then.
///
/// **Threading:** stateless; one thread.
final class ControlDiskFaults {

  private static final String SMALL = "control-3";
  private static final Duration JOINED_WITHIN = Duration.ofMinutes(2);
  private static final String FULL = "No space left";
  private static final int ENTRIES_LOST_MAX = 20;

  private ControlDiskFaults() {}

  /// A log that could not be written stays as it was; a start makes it go on.
  static Wound fill(Attack attack) throws Exception {
    if (!attack.ground().controls().contains(SMALL)) {
      return NodeFaults.killControl(attack); // the one with the small disk has been replaced
    }
    Evidence evidence = new Evidence(attack.ground());
    long before = evidence.said(SMALL, FULL);
    Path filler = DiskBits.fill(attack.cluster().folder(SMALL));
    return new Wound(
        () -> evidence.awaitSaid(SMALL, FULL, before),
        () -> {
          Files.delete(filler);
          if (attack.cluster().isRunning(SMALL)) {
            attack.cluster().kill(SMALL);
          }
          attack.start(SMALL);
        });
  }

  /// The last write was not finished; or the last entries, which others may have counted on, are
  /// gone.
  static Wound tearLog(Attack attack) throws IOException, InterruptedException {
    String name = attack.control();
    Path folder = attack.cluster().folder(name);
    awaitFile(folder, "log_inprogress");
    attack.cluster().kill(name);
    LogTail tail = LogTail.of(DiskBits.newest(folder, "log_inprogress"));
    if (attack.random().nextBoolean() || tail.entries() == 0) {
      tail.tear(attack.random());
    } else {
      tail.shorten(Math.min(tail.entries(), attack.random().nextInt(1, ENTRIES_LOST_MAX)));
    }
    return Wound.healedBy(() -> attack.start(name));
  }

  static Wound flipLog(Attack attack) throws IOException, InterruptedException {
    return flip(attack, "log_");
  }

  static Wound flipSnapshot(Attack attack) throws IOException, InterruptedException {
    return flip(attack, "snapshot");
  }

  /// The node must refuse to start, and say which file; then another takes its place.
  private static Wound flip(Attack attack, String prefix) throws IOException, InterruptedException {
    String name = attack.control();
    Path folder = attack.cluster().folder(name);
    awaitFile(folder, prefix);
    attack.cluster().kill(name);
    Path file = DiskBits.newest(folder, prefix);
    DiskBits.flip(file, attack.random());
    return Wound.healedBy(
        () -> {
          refused(attack, name, file.getFileName().toString());
          replace(attack, name);
        });
  }

  private static void awaitFile(Path folder, String prefix) throws InterruptedException {
    Await.until(
        Deadline.after(JOINED_WITHIN),
        () -> DiskBits.has(folder, prefix),
        () -> folder + " has no file " + prefix);
  }

  /// The node must refuse to start under its old identity.
  static Wound empty(Attack attack) throws IOException, InterruptedException {
    String name = attack.control();
    attack.cluster().kill(name);
    DiskBits.wipe(attack.cluster().folder(name));
    attack.cluster().plan().tellPeers(name, attack.ground().controls());
    return Wound.healedBy(
        () -> {
          refused(attack, name, "fresh");
          replace(attack, name);
        });
  }

  private static void refused(Attack attack, String name, String word) throws InterruptedException {
    attack.cluster().start(name);
    int status = attack.cluster().awaitEnd(name);
    String said = attack.cluster().printed(name);
    if (status <= 0 || !said.contains(word)) {
      throw new AssertionError(
          name + " ended with " + status + ", expected a refusal naming '" + word + "': " + said);
    }
  }

  private static void replace(Attack attack, String gone) throws IOException, InterruptedException {
    FaultGround ground = attack.ground();
    Operator.of(ground.fabric()).control().change(new ChangePlane.Remove(gone, false));
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
          Operator.of(ground.fabric()).control().change(add);
          return true;
        },
        () -> name + " cannot be added: " + ground.cluster().printed(name));
    ground.cluster().awaitReady(name);
    ground.tellAddresses();
  }
}

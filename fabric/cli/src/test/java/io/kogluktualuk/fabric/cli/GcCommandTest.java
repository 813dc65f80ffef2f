package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Roots, collections and credits against a cluster of two memory nodes in this process.
@Timeout(240)
class GcCommandTest {

  private final CliRun kog;
  private final EmbeddedCluster cluster;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  GcCommandTest(@TempDir Path folder) {
    this.kog = new CliRun(folder);
    this.cluster =
        EmbeddedCluster.open(
            ClusterSettings.of(kog.home())
                .withMemory(2, ByteCount.mebibytes(128))
                .withCompute(1, 1));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private CliRun.Result run(ExitCode expected, String... args) {
    CliRun.Result result = kog.run(args);
    assertEquals(expected.code(), result.exit(), () -> String.join(" ", args) + result);
    return result;
  }

  private String put(byte[] bytes) {
    CliRun.Result result = kog.runWithInput(bytes, "put", "-");
    assertEquals(0, result.exit(), result::err);
    return result.out().strip();
  }

  /// What was put in the same second as a mark begins is not collected; so, again until it is.
  private String dryRunThatFinds() {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      String text = run(ExitCode.OK, "gc", "--dry-run", "--grace", "0s", "--json").out();
      if (!text.contains("\"collected_blobs\" : 0,")) {
        return text;
      }
      assertTrue(System.nanoTime() - end < 0, text);
    }
  }

  /// A collection may take the parts of a blob that are a second old and leave the others: so,
  /// until the blob is on neither node.
  private void collectUntilGone(String ref) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      String text = run(ExitCode.OK, "gc", "--grace", "0s", "--json").out();
      CliRun.Result got = kog.run("get", ref, "-o", "nothing");
      if (got.exit() == ExitCode.NOT_FOUND.code()) {
        return;
      }
      assertTrue(System.nanoTime() - end < 0, () -> text + got);
    }
  }

  @Test
  void whatNoRootReachesGoes() {
    byte[] kept = Mutations.randomBytes(3 << 20, random);
    String root = put(kept);
    String junk = put(Mutations.randomBytes(3 << 20, random));
    run(ExitCode.OK, "root", "set", "releases/v1", root);
    String young = run(ExitCode.OK, "gc", "--grace", "1h").out();
    assertTrue(young.contains("stay: stored or let go of within the grace"), young);
    assertTrue(young.contains("root releases/v1"), young);
    assertTrue(young.contains("nothing collected"), young);
    String dry = dryRunThatFinds();
    assertTrue(dry.contains("\"dry_run\" : true"), dry);
    run(ExitCode.OK, "get", junk, "-o", "junk");
    collectUntilGone(junk);
    assertArrayEquals(kept, run(ExitCode.OK, "get", root).bytes());
    CliRun.Result refused = run(ExitCode.NOT_FOUND, "root", "set", "releases/v2", junk);
    assertTrue(refused.err().contains("on no memory node"), refused.err());
    run(ExitCode.OK, "root", "rm", "releases/v1");
    collectUntilGone(root);
  }

  @Test
  void anAccountIsLimitedAndListed() {
    put(Mutations.randomBytes(1 << 20, random));
    String before = run(ExitCode.OK, "credits", "ls").out();
    assertTrue(before.contains("default          limit none"), before);
    run(ExitCode.OK, "credits", "limit", "nightly", "64MiB");
    String after = run(ExitCode.OK, "credits", "ls", "--json").out();
    assertTrue(after.contains("\"limit_bytes\" : 67108864"), after);
  }
}

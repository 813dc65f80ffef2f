package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.operator.AccountUse;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.Stage;
import io.kogluktualuk.fabric.pipeline.StageSettings;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A stage that holds whatever it can and never lets go: its account bounds it and names it,
/// others go on, and what it held is free when its session ends.
@Timeout(240)
final class PipelineLeakTest {

  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Account LEAKY = new Account("leaky");
  private static final int LIMIT = 16 << 20;
  private static final int ENVELOPES = 24;
  private static final int LENGTH = 100_000;

  private static long charged(Fabric fabric, Account account) {
    return Operator.of(fabric).credits().stream()
        .filter(use -> use.account().equals(account))
        .mapToLong(AccountUse::chargedBytes)
        .sum();
  }

  @Test
  void aStageThatLeaksItsLeaseIsBoundedNamedAndNobodyElses(@TempDir Path folder) throws Exception {
    ClusterSettings settings =
        ClusterSettings.of(folder.resolve("state"))
            .withMemory(1, ByteCount.mebibytes(128))
            .withCompute(1, 1);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline honest = Pipeline.over(fabric, "leaks", folder.resolve("honest"))) {
      Operator.of(fabric).limitCredits(LEAKY, LIMIT);
      TcpInlet leakPort = TcpInlet.at("127.0.0.1", 0);
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      AtomicInteger seen = new AtomicInteger();
      honest
          .stage("sink")
          .from(sinkPort)
          .run(
              in -> {
                seen.addAndGet(in.bytes().length);
                return List.of();
              });
      Source source =
          honest
              .source("source")
              .to("leak", TcpWire.to("127.0.0.1", leakPort.port()))
              .to("sink", TcpWire.to("127.0.0.1", sinkPort.port()))
              .open();
      ClientSettings leaky =
          ClientSettings.DEFAULT
              .withAccount(LEAKY)
              .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
      try (Fabric other = Fabric.connect(cluster.controls(), leaky);
          Pipeline bad = Pipeline.over(other, "leaks", folder.resolve("bad"))) {
        Hold never = other.hold();
        Stage leak =
            bad.stage("leak")
                .from(leakPort)
                .with(
                    StageSettings.DEFAULT
                        .withAttempts(1, Duration.ofMinutes(1))
                        .withFaultPatience(Duration.ZERO))
                .run(
                    in -> {
                      int seed = Integer.parseInt(String.valueOf(in.metadata().value("i")));
                      byte[] more = Mutations.randomBytes(2 << 20, new SplittableRandom(seed));
                      other.put(more, PutOptions.passing().heldBy(never));
                      return List.of();
                    });
        for (int i = 0; i < ENVELOPES; i++) {
          byte[] bytes = Mutations.randomBytes(LENGTH, new SplittableRandom(1000 + i));
          source.send(bytes, Metadata.of("i", "" + i), LONG);
        }
        assertTrue(source.drain(LONG), () -> honest.snapshots().toString());
        assertEquals(ENVELOPES * LENGTH, seen.get(), "who leaks nothing has seen everything");
        assertTrue(charged(fabric, LEAKY) <= LIMIT, "its account bounds it");
        int refused = leak.setAside().size();
        assertTrue(refused >= ENVELOPES - LIMIT / (2 << 20) && refused < ENVELOPES, refused + "");
        List<String> reasons = leak.setAside().stream().map(SetAside::reason).toList();
        assertTrue(reasons.stream().anyMatch(each -> each.contains("leaky")), "named: " + reasons);
      }
      Await.until(
          Deadline.after(LONG),
          () -> charged(fabric, LEAKY) <= ENVELOPES * LENGTH, // what is set aside stays
          () -> Operator.of(fabric).credits().toString());
    }
  }
}

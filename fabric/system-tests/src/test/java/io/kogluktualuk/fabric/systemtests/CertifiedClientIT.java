package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.client.View;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Applications at a cluster with TLS: a URL names their certificate, as `kog ca issue` writes it.
/// Without the right one, they are told at once what is wrong.
@Timeout(300)
final class CertifiedClientIT {

  @TempDir private Path folder = Path.of("unset");

  @Test
  void theUrlSaysWhoIsAsking() throws Exception {
    try (EmbeddedCluster cluster = cluster(true)) {
      issue("state/authority", "service", "--tenant", "default", "--account", "default");
      issue("state/authority", "photos", "--tenant", "photos", "--account", "camera-7");
      String url = url(cluster, "service", "");
      try (Fabric fabric = Fabric.connect(url)) {
        assertEquals(url, fabric.settings().toUrl());
        works(fabric);
      }
      allow(cluster, new Account("camera-7"));
      try (Fabric fabric =
          Fabric.connect(url(cluster, "photos", "&tenant=photos&account=camera-7"))) {
        assertEquals(3, fabric.bytes(fabric.put(new byte[] {1, 2, 3}), 3).length);
        fabric.roots().set("latest", fabric.put(new byte[] {4}));
        assertEquals("latest", fabric.roots().all().getFirst().name());
      }
      othersAreToldWhy(cluster);
    }
  }

  /// An account has nothing until an operator says so.
  private static void allow(EmbeddedCluster cluster, Account account) {
    ClientSettings owner =
        ClientSettings.DEFAULT.withControls(cluster.controls()).withIdentity(cluster.identity());
    try (Fabric fabric = Fabric.connect(owner)) {
      Operator.of(fabric).limitCredits(account, 1 << 20);
    }
  }

  private static void works(Fabric fabric) {
    byte[] bytes = new byte[5 << 20];
    Ref ref = fabric.put(bytes);
    try (View view = fabric.get(ref)) {
      assertEquals(0, view.segments().getLast().get(ValueLayout.JAVA_BYTE, 0));
    }
    assertArrayEquals(bytes, fabric.bytes(ref, bytes.length));
    try (RootWatch watch = fabric.roots().watch("certified")) {
      long revision = fabric.roots().compareAndSet("certified", 0, ref);
      assertEquals(revision, watch.next().revision());
    }
  }

  private void othersAreToldWhy(EmbeddedCluster cluster) throws Exception {
    refused(controls(cluster), "TLS", "identity");
    String same = Files.readString(folder.resolve("state/cluster.id")).strip();
    ca("init", "--cluster", same, "--to", "imposter");
    issue("imposter", "impostor", "--tenant", "default");
    refused(url(cluster, "impostor", ""), "trusted");
    ca("init", "--cluster", "another", "--to", "other");
    issue("other", "stranger", "--tenant", "default");
    refused(url(cluster, "stranger", ""), same, "this side belongs to cluster another");
    refused(url(cluster, "service", "&tenant=photos"), "service", "tenant");
    refused(url(cluster, "service", "&account=camera-7"), "service", "account");
    String nowhere = controls(cluster) + "?identity=" + folder.resolve("nowhere");
    said(assertThrows(FabricException.class, () -> Fabric.connect(nowhere)), "nowhere");
    Files.createDirectories(folder.resolve("empty"));
    String empty = controls(cluster) + "?identity=" + folder.resolve("empty");
    said(assertThrows(FabricException.class, () -> Fabric.connect(empty)), "empty");
  }

  /// The first call that is not allowed says so; connecting does, when nothing is.
  private static void refused(String url, String... words) {
    said(
        assertThrows(
            Refused.class,
            () -> {
              try (Fabric fabric = Fabric.connect(url)) {
                fabric.put(new byte[] {1, 2, 3});
              }
            },
            url),
        words);
  }

  private static void said(FabricException e, String... words) {
    assertEquals(FabricException.Category.FAIL, e.category(), e.toString());
    for (String word : words) {
      assertTrue(String.valueOf(e.getMessage()).contains(word), e + " should say " + word);
    }
  }

  @Test
  void aCertificateIsNoUseWhereThereIsNoTls() throws Exception {
    try (EmbeddedCluster cluster = cluster(false)) {
      ca("init", "--cluster", "another", "--to", "other");
      issue("other", "stranger", "--tenant", "default");
      refused(url(cluster, "stranger", ""), "TLS");
    }
  }

  private EmbeddedCluster cluster(boolean isSecured) {
    return EmbeddedCluster.open(
        ClusterSettings.of(folder.resolve("state"))
            .withMemory(1, ByteCount.mebibytes(64))
            .withCompute(1, 1)
            .withTenants(List.of(new Tenant("photos")))
            .withTls(isSecured));
  }

  private static String controls(EmbeddedCluster cluster) {
    return ClientSettings.DEFAULT.withControls(cluster.controls()).toUrl();
  }

  private String url(EmbeddedCluster cluster, String who, String more) {
    String identity = URLEncoder.encode(folder.resolve(who).toString(), StandardCharsets.UTF_8);
    String parameters = more + "&identity=" + identity;
    return controls(cluster) + "?" + parameters.substring(1);
  }

  private void issue(String authority, String name, String... more) throws Exception {
    List<String> all = new ArrayList<>(List.of("issue", "--ca", authority, "--role", "client"));
    all.addAll(List.of("--name", name, "--to", name));
    all.addAll(List.of(more));
    ca(all.toArray(String[]::new));
  }

  private void ca(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ca"));
    all.addAll(List.of(arguments));
    new Kog(folder.resolve("none"), folder).run(all.toArray(String[]::new)).succeeds();
  }
}

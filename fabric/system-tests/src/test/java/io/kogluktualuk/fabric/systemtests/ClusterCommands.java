package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.memnode.api.Tenant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Commands on a cluster of processes that is told them, not found by itself: who asks is an
/// identity's folder, or nobody.
///
/// **Threading:** one thread.
///
/// @param folder where commands are run
record ClusterCommands(ProcessCluster cluster, Path folder) {

  private static final String NOBODY = "";

  Kog.Result run(String... arguments) throws IOException, InterruptedException {
    return runAs(NOBODY, arguments);
  }

  Kog.Result runAs(Path identity, String... arguments) throws IOException, InterruptedException {
    return runAs(identity.toString(), arguments);
  }

  /// @param identity empty for nobody's
  Kog.Result runAs(String identity, String... arguments) throws IOException, InterruptedException {
    return runAs(identity, InputStream.nullInputStream(), arguments);
  }

  Kog.Result runAs(String identity, InputStream input, String... arguments)
      throws IOException, InterruptedException {
    return elsewhere().run(input, told(identity, arguments));
  }

  /// Starts a command that the test ends itself.
  Process startAs(Path identity, String... arguments) throws IOException {
    return elsewhere().start(told(identity.toString(), arguments));
  }

  /// Issues a client's certificate.
  ///
  /// @param authority its folder
  /// @param more what the client may do
  /// @return the client's identity
  Path certify(String authority, String name, String... more)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ca", "issue", "--ca", authority));
    all.addAll(List.of("--role", "client", "--name", name, "--to", name));
    all.addAll(List.of(more));
    elsewhere().run(all.toArray(String[]::new)).succeeds();
    return folder.resolve(name);
  }

  /// A session of this process with somebody's identity.
  Fabric connect(Path identity, Tenant tenant) {
    return Fabric.connect(
        cluster.controls(), ClientSettings.DEFAULT.withTenant(tenant).withIdentity(identity));
  }

  private String[] told(String identity, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    String controls =
        cluster.controls().stream()
            .map(one -> one.getHostString() + ":" + one.getPort())
            .collect(Collectors.joining(","));
    all.addAll(1, List.of("--control", controls));
    if (!identity.isEmpty()) {
      all.addAll(1, List.of("--identity", identity));
    }
    return all.toArray(String[]::new);
  }

  /// Another state folder.
  private Kog elsewhere() {
    return new Kog(folder.resolve("none"), folder);
  }
}

package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.ClientFactory;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ExitUtils;

/// The Ratis server of one process: how it is built, started and stopped. Its logs are
/// [RatisGroup]s.
///
/// **Threading:** starting and [#close] by one thread; the rest by any.
final class RatisServer implements AutoCloseable {

  private final LogHostSettings settings;
  private final LogFolder folder;
  private final RaftPeerId self;
  private final RaftServer server;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();
  private final RaftClientRpc rpc;
  private final LogWorkers workers;

  /// @param machines the state machine of each group, by its id
  RatisServer(
      LogHostSettings settings, LogFolder folder, Map<RaftGroupId, AppliedMachine> machines) {
    keepProcessAlive();
    this.settings = settings;
    this.folder = folder;
    this.self = RaftPeerId.valueOf(settings.nodeId());
    this.workers = new LogWorkers(settings.nodeId());
    checkPortIsFree();
    // A server that is built adds whatever groups it finds, without their peers. So it is built on
    // an empty place, and each group is added by us.
    RaftProperties properties = RatisProperties.of(settings, folder.ratis().resolveSibling("none"));
    Parameters parameters = RatisProperties.parameters(settings);
    try {
      this.server =
          RaftServer.newBuilder()
              .setServerId(self)
              .setStateMachineRegistry(machines::get)
              .setProperties(properties)
              .setParameters(parameters)
              .build();
    } catch (IOException | RuntimeException e) {
      throw RatisFaults.ofStart(
          "cannot open replica " + settings.nodeId(), settings.self().address(), e);
    }
    RatisProperties.setFolder(properties, folder.ratis());
    this.rpc = ClientFactory.cast(server.getFactory()).newRaftClientRpc(clientId, properties);
  }

  /// Takes the port; there are no logs yet.
  void start() {
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      throw RatisFaults.ofStart(
          "cannot start replica " + settings.nodeId(), settings.self().address(), e);
    }
  }

  /// Starts a log that is given its place among its peers.
  void start(String name, RatisGroup group) {
    try {
      workers.start(() -> add(name, group));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while the log '" + name + "' started", e);
    }
    group.machine().onStarted(group.division());
  }

  private void add(String name, RatisGroup group) {
    boolean isFormed = folder.isFormed(name);
    List<RaftPeer> peers =
        settings.isJoining() ? List.of() : settings.peers().stream().map(RatisNames::peer).toList();
    try {
      server
          .groupManagementAsync(
              GroupManagementRequest.newAdd(
                  clientId, self, nextCallId(), RaftGroup.valueOf(group.id(), peers), !isFormed))
          .join();
    } catch (CompletionException e) {
      group.machine().releaseStorage();
      throw RatisFaults.ofStart(
          "cannot start the log '"
              + name
              + "' of replica "
              + settings.nodeId()
              + " from "
              + folder.segments(name),
          settings.self().address(),
          e);
    }
  }

  RaftServer server() {
    return server;
  }

  RaftPeerId self() {
    return self;
  }

  /// Sends requests to other replicas.
  RaftClientRpc rpc() {
    return rpc;
  }

  ClientId clientId() {
    return clientId;
  }

  long nextCallId() {
    return callIds.incrementAndGet();
  }

  /// Where the consensus port really is.
  String address() {
    InetSocketAddress address = server.getServerRpc().getInetSocketAddress();
    return settings.self().host() + ":" + address.getPort();
  }

  @Override
  public void close() {
    workers.close(this::closeBoth);
  }

  /// First nobody asks any more, then nobody answers.
  private void closeBoth() {
    try {
      rpc.close();
    } catch (IOException e) {
      throw notInOrder(e);
    } finally {
      closeServer();
    }
  }

  private void closeServer() {
    try {
      server.close();
    } catch (IOException e) {
      throw notInOrder(e);
    }
  }

  private Unavailable notInOrder(IOException e) {
    return new Unavailable("replica " + settings.nodeId() + " did not stop in order: " + e, e);
  }

  /// Ratis would end the whole process when its port is taken, and its switch against that
  /// replaces the process's handler of uncaught exceptions as a side effect: we put that back.
  private static void keepProcessAlive() {
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    ExitUtils.disableSystemExit();
    Thread.setDefaultUncaughtExceptionHandler(handler);
  }

  /// Asks first, because Ratis reports a taken port late and at length.
  private void checkPortIsFree() {
    if (settings.self().port() == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(settings.self().host(), settings.self().port()));
    } catch (IOException e) {
      throw new Conflict(
          "consensus port " + settings.self().address() + " cannot be taken: " + e.getMessage(), e);
    }
  }
}

package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/// The Ratis server of one replica: how it is built, started, asked and stopped.
///
/// **Threading:** [#start] and [#close] by one thread; the rest by any.
final class RatisReplica implements AutoCloseable {

  private static final int CAUSES_MAX = 32;
  private static final long CUT_MILLIS_MAX = 30_000;

  /// An idle server needs less to come to the point where it waits for its log worker.
  private static final Duration WAKE_AFTER = Duration.ofMillis(50);

  private static final int WAKE_ATTEMPTS_MAX = 20;
  private static final int FORWARD_ATTEMPTS_MAX = 200;
  private static final TimeDuration FORWARD_PAUSE = TimeDuration.valueOf(50, TimeUnit.MILLISECONDS);

  private final RatisSettings settings;
  private final RaftPeerId self;
  private final RaftGroup group;
  private final RaftProperties properties;
  private final RaftServer server;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong callIds = new AtomicLong();
  private @Nullable RaftClient forwarder;

  RatisReplica(RatisSettings settings, LogFolder folder, AppliedMachine machine) {
    keepProcessAlive();
    this.settings = settings;
    this.self = RaftPeerId.valueOf(settings.nodeId());
    this.group =
        RaftGroup.valueOf(
            groupId(settings.clusterId()),
            settings.peers().stream().map(RatisReplica::raftPeer).toList());
    this.properties = RatisProperties.of(settings, folder.ratis());
    checkPortIsFree(settings.self());
    try {
      this.server =
          RaftServer.newBuilder()
              .setServerId(self)
              .setGroup(group)
              .setStateMachine(machine)
              .setProperties(properties)
              .setOption(
                  folder.isFormed()
                      ? RaftStorage.StartupOption.RECOVER
                      : RaftStorage.StartupOption.FORMAT)
              .build();
    } catch (IOException | RuntimeException e) {
      throw fault("cannot open the log of replica " + settings.nodeId(), e);
    }
  }

  void start() {
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      throw fault("cannot start replica " + settings.nodeId(), e);
    }
  }

  DivisionInfo info() {
    try {
      return server.getDivision(group.getGroupId()).getInfo();
    } catch (IOException e) {
      throw new Unavailable("replica " + settings.nodeId() + " is gone: " + e, e);
    }
  }

  /// Where the consensus port really is.
  String address() {
    InetSocketAddress address = server.getServerRpc().getInetSocketAddress();
    return settings.self().host() + ":" + address.getPort();
  }

  CompletableFuture<RaftClientReply> submit(byte[] entry) {
    try {
      return server.submitClientRequestAsync(
          RaftClientRequest.newBuilder()
              .setClientId(clientId)
              .setServerId(self)
              .setGroupId(group.getGroupId())
              .setCallId(callIds.incrementAndGet())
              .setMessage(message(entry))
              .setType(RaftClientRequest.writeRequestType())
              .build());
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Sends an entry to the leader on another host.
  CompletableFuture<RaftClientReply> forward(byte[] entry) {
    return forwarder().async().send(message(entry));
  }

  /// Makes the announced snapshot the latest and deletes the log before it.
  void cutLog() throws IOException {
    server.snapshotManagement(
        SnapshotManagementRequest.newCreate(
            clientId,
            self,
            group.getGroupId(),
            callIds.incrementAndGet(),
            CUT_MILLIS_MAX,
            1)); // however few entries it is ahead of the last
  }

  @Override
  public void close() {
    // First nobody asks any more, then nobody answers.
    Thread waker = Thread.ofPlatform().daemon().name("paxos-log-waker").start(this::wakeLogWorker);
    try (server) {
      RaftClient client = takeForwarder();
      if (client != null) {
        client.close();
      }
    } catch (IOException e) {
      throw new Unavailable("replica " + settings.nodeId() + " did not stop in order: " + e, e);
    } finally {
      waker.interrupt();
    }
  }

  /// The thread that writes the log of a closing server sits out its poll of one second. Nothing is
  /// pending then: all that was acknowledged is flushed. So it may as well wake up now.
  private void wakeLogWorker() {
    String prefix = self + "@" + group.getGroupId();
    for (int i = 0; i < WAKE_ATTEMPTS_MAX && !Thread.interrupted(); i++) {
      LockSupport.parkNanos(WAKE_AFTER.toNanos());
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().startsWith(prefix)
            && thread.getName().endsWith("-SegmentedRaftLogWorker")
            && thread.getState() == Thread.State.TIMED_WAITING) {
          thread.interrupt();
        }
      }
    }
  }

  private synchronized RaftClient forwarder() {
    if (forwarder == null) {
      forwarder =
          RaftClient.newBuilder()
              .setProperties(properties)
              .setRaftGroup(group)
              .setRetryPolicy(
                  RetryPolicies.retryUpToMaximumCountWithFixedSleep(
                      FORWARD_ATTEMPTS_MAX, FORWARD_PAUSE))
              .build();
    }
    return forwarder;
  }

  private synchronized @Nullable RaftClient takeForwarder() {
    RaftClient taken = forwarder;
    forwarder = null;
    return taken;
  }

  private static Message message(byte[] entry) {
    return Message.valueOf(UnsafeByteOperations.unsafeWrap(entry));
  }

  private static RaftGroupId groupId(String clusterId) {
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(clusterId.getBytes(StandardCharsets.UTF_8)));
  }

  private static RaftPeer raftPeer(LogPeer peer) {
    return RaftPeer.newBuilder().setId(peer.id()).setAddress(peer.address()).build();
  }

  /// Ratis would end the whole process when its port is taken, and its switch against that replaces
  /// the process's handler of uncaught exceptions as a side effect: we put that back.
  private static void keepProcessAlive() {
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    ExitUtils.disableSystemExit();
    Thread.setDefaultUncaughtExceptionHandler(handler);
  }

  /// Asks first, because Ratis reports a taken port late and at length.
  private static void checkPortIsFree(LogPeer peer) {
    if (peer.port() == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(peer.host(), peer.port()));
    } catch (IOException e) {
      throw new Conflict(
          "consensus port " + peer.address() + " cannot be taken: " + e.getMessage(), e);
    }
  }

  /// Ratis wraps the reason several times; the innermost that we know decides.
  private FabricException fault(String what, Throwable problem) {
    FabricException found = new Unavailable(what + ": " + problem, problem);
    Throwable cause = problem;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      found = faultOf(what, cause, found);
    }
    return found;
  }

  private FabricException faultOf(String what, Throwable cause, FabricException otherwise) {
    return switch (cause) {
      case FabricException known -> known;
      case BindException e ->
          new Conflict(what + ": port " + settings.self().address() + " is in use", e);
      case ChecksumException e ->
          new Corruption(what + ": the log is damaged: " + e.getMessage(), e);
      case RaftLogIOException e ->
          new Corruption(what + ": the log is damaged: " + e.getMessage(), e);
      case FileNotFoundException e ->
          new Corruption(what + ": a file is missing: " + e.getMessage(), e);
      case IllegalStateException e when isUnreadableLog(e) ->
          new Corruption(what + ": the log cannot be read: " + e.getMessage(), e);
      default -> otherwise;
    };
  }

  private static boolean isUnreadableLog(IllegalStateException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("initRaftLog") || message.contains("read segment file");
  }
}

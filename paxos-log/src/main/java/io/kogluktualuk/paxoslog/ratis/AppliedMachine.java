package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.paxoslog.api.Snapshot;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/// Our state machine as Ratis sees one.
///
/// **Threading:** Ratis applies on one thread; queries come from any. The read-write lock keeps
/// them apart; it is never held over I/O except while a snapshot is being loaded.
/// **Errors:** a machine that throws is broken. It stays as it is, nothing more is applied, every
/// append and query fails from then on, and no snapshot is taken of it.
final class AppliedMachine extends BaseStateMachine {

  /// A frozen state and the entry after which it was frozen.
  record Frozen(TermIndex at, SortedSet<String> keepers, Snapshot state) {}

  private final StateMachine machine;
  private final Runnable onFormatted;
  private final IntConsumer onApplied;
  private final Keepers keepers = new Keepers();
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final CountDownLatch leaderKnown = new CountDownLatch(1);

  /// Written by the apply thread before it completes the failed request, read by all.
  private volatile @Nullable Corruption failure;

  /// Written by the thread that writes the log, read by all.
  private volatile @Nullable FabricException logFailure;

  /// Written by the thread that starts the log, read by the one that waits for it.
  private volatile @Nullable RaftStorage opened;

  /// Written by the thread that starts the log.
  private volatile @Nullable RaftPeerId self;

  /// Written by the thread that started the log, when it has; read by those that answer
  /// questions.
  private volatile RaftServer.@Nullable Division division;

  /// Written by the apply thread.
  private volatile boolean wasMember;

  /// Written by the snapshot thread, published by the apply thread in [#takeSnapshot].
  private volatile @Nullable SingleFileSnapshotInfo written;

  /// @param onFormatted told that the storage is there, before anybody hears from this replica
  /// @param onApplied told the length of each applied entry, on the apply thread; must be quick
  AppliedMachine(StateMachine machine, Runnable onFormatted, IntConsumer onApplied) {
    this.machine = machine;
    this.onFormatted = onFormatted;
    this.onApplied = onApplied;
  }

  <T> T read(Supplier<T> query) {
    lock.readLock().lock();
    try {
      checkHealthy();
      return query.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  void checkHealthy() {
    Corruption found = failure;
    if (found != null) {
      throw new Corruption(String.valueOf(found.getMessage()), found);
    }
  }

  @Nullable Corruption failure() {
    return failure;
  }

  /// Why nothing more can be written to the log, or null. What was applied may still be read.
  @Nullable FabricException logFailure() {
    return logFailure;
  }

  CountDownLatch leaderKnown() {
    return leaderKnown;
  }

  /// Gives up the storage of a log that did not start; Ratis forgets to.
  void releaseStorage() {
    RaftStorage taken = opened;
    if (taken != null) {
      try {
        taken.close();
      } catch (IOException e) {
        throw DiskFaults.of("the storage of a log that did not start", e);
      }
    }
  }

  /// Told when the log has started.
  void onStarted(RaftServer.Division started) {
    division = started;
  }

  /// Freezes the state between two entries.
  Frozen freeze() {
    return read(() -> new Frozen(getLastAppliedTermIndex(), keepers.all(), machine.snapshot()));
  }

  Keepers keepers() {
    return keepers;
  }

  /// Whether this replica was a member once, as far as this process has seen.
  boolean wasMember() {
    return wasMember;
  }

  Path snapshotFile(TermIndex at) {
    return storage.getSnapshotFile(at.getTerm(), at.getIndex()).toPath();
  }

  /// The index of the last snapshot that the log may be cut at, or -1.
  long snapshotIndex() {
    SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
    return latest == null ? RaftLog.INVALID_LOG_INDEX : latest.getIndex();
  }

  /// Announces a complete snapshot file; [#takeSnapshot] makes it the latest.
  void announce(TermIndex at, Path file) {
    // Ratis sends this digest along when it installs the snapshot on a follower.
    MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
    written = new SingleFileSnapshotInfo(new FileInfo(file, digest), at);
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, group, raftStorage);
    opened = raftStorage;
    self = server.getId();
    storage.init(raftStorage);
    onFormatted.run();
    deleteUnfinished(raftStorage.getStorageDir().getStateMachineDir().toPath());
    getLifeCycle().startAndTransition(this::loadLatest);
    SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
    if (latest != null) {
      CoveredTail.drop(raftStorage, latest.getIndex());
    }
  }

  @Override
  public void pause() {
    // Called once for each chunk of a snapshot that is being installed.
    if (getLifeCycleState() == LifeCycle.State.RUNNING) {
      getLifeCycle().transition(LifeCycle.State.PAUSING);
      getLifeCycle().transition(LifeCycle.State.PAUSED);
    }
  }

  @Override
  public void reinitialize() throws IOException {
    SingleFileSnapshotInfo installed = storage.loadLatestSnapshot();
    if (installed != null) {
      SnapshotFile.sync(installed.getFile().getPath()); // Ratis has renamed it only
    }
    getLifeCycle().startAndTransition(this::loadLatest);
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return storage;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext context) {
    LogEntryProto entry = context.getLogEntry();
    ByteString bytes = entry.getStateMachineLogEntry().getLogData();
    lock.writeLock().lock();
    try {
      checkHealthy();
      byte[] reply = apply(entry.getIndex(), bytes);
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
      onApplied.accept(bytes.size());
      return CompletableFuture.completedFuture(
          Message.valueOf(UnsafeByteOperations.unsafeWrap(reply)));
    } catch (Throwable broken) { // an Error, too, leaves a state that nobody knows
      return CompletableFuture.failedFuture(fail(entry.getIndex(), broken));
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// Asked by [RatisGroup#readIndex], for which it matters when; and by a replica with an empty
  /// folder.
  @Override
  public CompletableFuture<Message> query(Message request) {
    Message answer = Message.EMPTY;
    if (Keepers.isQuestion(request)) {
      answer = Message.valueOf(keepers.answer(request) ? FirstStart.KEPT : FirstStart.NEW);
    }
    return CompletableFuture.completedFuture(answer);
  }

  /// Answers a replica with an empty folder while there is no leader.
  @Override
  public CompletableFuture<Message> queryStale(Message request, long minIndex) {
    boolean isKeeper = Keepers.isQuestion(request) && keepers.answer(request);
    String answer = isKeeper ? FirstStart.KEPT : isBlank() ? FirstStart.BLANK : "";
    return CompletableFuture.completedFuture(Message.valueOf(answer));
  }

  @Override
  public long takeSnapshot() {
    SingleFileSnapshotInfo fresh = written;
    if (fresh == null) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    storage.updateLatestSnapshot(fresh);
    return fresh.getIndex();
  }

  /// Ratis leaves the requests behind a failed write waiting for ever; we end them with this.
  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
    if (logFailure == null) {
      logFailure = DiskFaults.of("the log", cause);
    }
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    wasMember |=
        configuration.getPeersList().stream()
            .anyMatch(peer -> RaftPeerId.valueOf(peer.getId()).equals(self));
  }

  @Override
  public void notifyLeaderReady() {
    leaderKnown.countDown();
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
    // A new leader is of use only once it is ready, which it learns from notifyLeaderReady.
    if (!self.getPeerId().equals(leader)) {
      leaderKnown.countDown();
    }
  }

  /// Whether no leader has ever given this replica anything.
  private boolean isBlank() {
    RaftServer.Division mine = division;
    return mine != null && mine.getRaftLog().getNextIndex() == 0;
  }

  private byte[] apply(long index, ByteString entry) {
    if (Keepers.isOurs(entry)) {
      keepers.remember(entry);
      return new byte[0];
    }
    return machine.apply(index, Keepers.content(entry));
  }

  private Corruption fail(long index, Throwable broken) {
    Corruption found = failure;
    if (found == null) {
      found =
          new Corruption(
              "the state machine broke at entry " + index + " of the log: " + broken, broken);
      failure = found;
    }
    return found;
  }

  private void loadLatest() throws IOException {
    SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
    if (latest == null) {
      return;
    }
    lock.writeLock().lock();
    try {
      Path file = latest.getFile().getPath();
      keepers.replace(SnapshotFile.load(file, latest.getTermIndex(), machine));
      setLastAppliedTermIndex(latest.getTermIndex());
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static void deleteUnfinished(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "snapshot.*.tmp")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}

package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Keeps a second cluster off a state folder. The operating system takes the lock away from a
/// process that dies, so there is no stale lock; the pid in the file is for the message only. A
/// killed process with much memory takes a while to die, so a held lock is tried for a moment.
///
/// **Threading:** one thread.
final class FolderLock implements AutoCloseable {

  private static final String NAME = "cluster.lock";

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long LOOK_EVERY_NANOS = 20_000_000;

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes the lock of a folder, which is made if need be.
  ///
  /// @throws Conflict when another process, or this one, has it
  static FolderLock acquire(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(NAME),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      return lock(folder, channel);
    } catch (IOException e) {
      throw FolderFaults.of(folder, e);
    }
  }

  private static FolderLock lock(Path folder, FileChannel channel) throws IOException {
    boolean isHeld = false;
    try {
      if (tryLock(channel) == null) {
        throw new Conflict(
            "state folder "
                + folder
                + " is in use by the cluster in process "
                + read(channel)
                + "; stop that one with 'kog down', or choose another folder with --home");
      }
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
      channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
      isHeld = true;
      return new FolderLock(channel);
    } finally {
      if (!isHeld) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      Deadline deadline = Deadline.after(PATIENCE);
      FileLock lock = channel.tryLock();
      while (lock == null && !deadline.hasPassed()) {
        LockSupport.parkNanos(LOOK_EVERY_NANOS);
        lock = channel.tryLock();
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      return null; // this very process has it
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    return pid.isEmpty() ? "(unknown)" : pid;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Unavailable("the lock of a state folder cannot be given back: " + e, e);
    }
  }
}

package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The door to a stage's journal, a file beside it that is locked: whoever opens the journal goes
/// through it, one at a time, so that an operator who looks at the journal of a stage that does
/// not run never makes one fail that starts just then. The file also tells who came in last.
///
/// ```
/// STAGE.door   text: process id │ space │ name of the pipeline │ line feed
/// ```
///
/// **Threading:** one thread. **Ownership:** of the lock until it is closed. **Bound:** waits for
/// [#PATIENCE]. **Errors:** [Conflict] when somebody stays in it, [Unavailable] when the disk
/// fails.
final class SetAsideDoor implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 20;
  private static final int BYTES_MAX = 128;

  /// Who opened the journal last, as a stage.
  record Owner(long pid, String pipeline) {}

  private final Path file;
  private final FileChannel channel;

  private SetAsideDoor(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static SetAsideDoor enter(Path folder, String stage) {
    Path file = folder.resolve(stage + ".door");
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      SetAsideDoor door = new SetAsideDoor(file, channel);
      try {
        door.lock();
        return door;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new Unavailable(file + " cannot be opened: " + e, e);
    }
  }

  private void lock() throws IOException {
    long beganNanos = System.nanoTime();
    while (!tryLock()) {
      if (System.nanoTime() - beganNanos > PATIENCE.toNanos()) {
        throw new Conflict(
            file + " has been locked for " + PATIENCE.toSeconds() + " s by another process");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Conflict(file + " is locked by another process, and who waited was interrupted");
      }
    }
  }

  private boolean tryLock() throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this process
    }
  }

  /// Says that a stage of this process has the journal from now on.
  void write(String pipeline) {
    String text = ProcessHandle.current().pid() + " " + pipeline + "\n";
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      throw new Unavailable(file + " cannot be written: " + e, e);
    }
  }

  /// Who had the journal last, as a stage; null when nobody can be read there.
  static @Nullable Owner owner(Path folder, String stage) {
    try {
      byte[] bytes = Files.readAllBytes(folder.resolve(stage + ".door"));
      String[] words = new String(bytes, StandardCharsets.UTF_8).strip().split(" ");
      boolean isWhole =
          bytes.length <= BYTES_MAX && words.length == 2 && words[0].matches("[0-9]{1,18}");
      return isWhole ? new Owner(Long.parseLong(words[0]), words[1]) : null;
    } catch (IOException e) {
      return null; // a folder of an older version has none
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Unavailable(file + " cannot be closed: " + e, e);
    }
  }
}

package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder of one memory node: held by one process at a time, with the node's identity and a
/// mark of how the last run ended.
///
/// ```
/// lock          held while a server runs; contains its process id
/// node-id       the identity, written once
/// run           boot id of the last run, and whether it was closed in order
/// sealed.log    what lies where; .old: the log before damaged blobs were last dropped
/// holdings      how many region files there are
/// index         rebuilt at each start
/// region-NNNN   the arenas
/// windows       where peers write; made anew at each start
/// tenants/      the folders of other tenants, in that of the default one
/// ```
///
/// The marks have a fixed length and are overwritten in place, so that a start needs no room on a
/// full disk.
///
/// **Threading:** one thread at a time. **Ownership:** owns the lock; [#close] releases it.
public final class StateFolder implements AutoCloseable {

  private static final int MARK_BYTES = 128;
  private static final int ID_LENGTH_MAX = 64;

  private final Path path;
  private final FileChannel lockFile;
  private final String bootId;
  private final String nodeId;
  private final LastStop lastStop;

  /// How the last run ended, as far as the bytes in the folder are concerned.
  public enum LastStop {
    /// There was none, or it was closed in order: everything had been written to the device.
    ORDERLY,
    /// The process ended in some other way, but the machine ran on: the kernel kept every write.
    PROCESS,
    /// The machine stopped as well: any write since the last sync may be missing.
    MACHINE
  }

  private StateFolder(Path path, FileChannel lockFile, String bootId, String freshId)
      throws IOException {
    this.path = path;
    this.lockFile = lockFile;
    this.bootId = bootId;
    this.nodeId = identity(freshId);
    this.lastStop = readLastStop();
    if (lastStop != LastStop.MACHINE) {
      markOpen();
    }
  }

  private void markOpen() throws IOException {
    writeMark("run", "boot " + bootId + " open");
  }

  /// Opens or creates the folder.
  ///
  /// @param bootId what tells one run of the machine from the next; empty when it is not known
  /// @param freshId the identity to take when the folder has none yet
  /// @throws Conflict when another server holds the folder; names its process
  public static StateFolder open(Path path, String bootId, String freshId) {
    try {
      createForOwner(path);
      FileChannel lockFile = lock(path.resolve("lock"));
      try {
        return new StateFolder(path, lockFile, bootId, freshId);
      } catch (IOException | RuntimeException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  /// Holds a folder that exists, so that no server can, and changes nothing in it.
  ///
  /// @throws Conflict when a server holds the folder; names its process
  static AutoCloseable hold(Path path) throws IOException {
    return lock(path.resolve("lock"));
  }

  /// A new folder is its owner's alone: blobs are readable by whoever can open the files.
  private static void createForOwner(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectory(path);
    }
  }

  /// The boot id of this machine; empty where the kernel does not tell.
  public static String machineBootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null; // held by this very process
    }
    if (lock == null) {
      String holder = readMark(channel);
      channel.close();
      throw new Conflict(
          "folder " + path.getParent() + " is in use by another memory node: process " + holder);
    }
    writeMark(channel, Long.toString(ProcessHandle.current().pid()));
    return channel;
  }

  public Path path() {
    return path;
  }

  /// The node's identity.
  public String nodeId() {
    return nodeId;
  }

  public LastStop lastStop() {
    return lastStop;
  }

  /// Says that what a stop of the machine has left has been looked at. Until then the mark is that
  /// of the run before: whoever is killed meanwhile has not looked at all of it.
  void markRecovered() {
    try {
      markOpen();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  /// Says that everything has been written to the device.
  void markClosed() {
    try {
      writeMark("run", "boot " + bootId + " closed");
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw ZeroedFile.unusable(path, e);
    }
  }

  private String identity(String freshId) throws IOException {
    Path file = path.resolve("node-id");
    if (!Files.exists(file)) {
      Path fresh = path.resolve("node-id.new");
      Files.writeString(fresh, freshId + "\n");
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    String id = Files.readString(file).strip();
    if (id.isEmpty() || id.length() > ID_LENGTH_MAX) {
      throw new Corruption(file + ": expected an identity, found " + id.length() + " characters");
    }
    return id;
  }

  private LastStop readLastStop() throws IOException {
    Path file = path.resolve("run");
    if (!Files.exists(file)) {
      return LastStop.ORDERLY;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      String mark = readMark(channel);
      if (mark.endsWith(" closed")) {
        return LastStop.ORDERLY;
      }
      boolean sameBoot = !bootId.isEmpty() && mark.equals("boot " + bootId + " open");
      return sameBoot ? LastStop.PROCESS : LastStop.MACHINE;
    }
  }

  private void writeMark(String name, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      writeMark(channel, text);
      channel.force(true);
    }
  }

  private static void writeMark(FileChannel channel, String text) throws IOException {
    byte[] padded = (text + " ".repeat(MARK_BYTES)).getBytes(StandardCharsets.UTF_8);
    channel.write(ByteBuffer.wrap(padded, 0, MARK_BYTES), 0);
  }

  private static String readMark(FileChannel channel) throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES);
    channel.read(mark, 0);
    return new String(mark.array(), 0, mark.position(), StandardCharsets.UTF_8).strip();
  }
}

package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder of one replica, held by one process at a time.
///
/// ```
/// lock        held while the replica runs
/// identity    magic, state, cluster id, node id, SHA-256 of those
/// ratis/      the log and the snapshots
/// ```
///
/// The identity mark lies outside what Ratis writes: a replica whose log was lost must not come
/// back
/// blank under its old id, because a leader that stays would never repair it. Until the first start
/// has succeeded the mark says *forming*, and whatever a crash left in `ratis/` is thrown away.
///
/// **Threading:** one thread at a time.
final class LogFolder implements AutoCloseable {

  private static final byte[] MAGIC = "KOGLOGI1".getBytes(StandardCharsets.US_ASCII);
  private static final int ID_BYTES_MAX = 256;
  private static final int IDENTITY_BYTES_MAX = 1024;
  private static final int FORMING = 0;
  private static final int FORMED = 1;

  private final Path folder;
  private final RatisSettings settings;
  private final FileChannel lockChannel;
  private boolean formed;

  private LogFolder(Path folder, RatisSettings settings, FileChannel lockChannel) {
    this.folder = folder;
    this.settings = settings;
    this.lockChannel = lockChannel;
  }

  static LogFolder open(RatisSettings settings) {
    Path folder = settings.folder().toAbsolutePath().normalize();
    try {
      Files.createDirectories(folder);
      LogFolder opened = new LogFolder(folder, settings, lock(folder));
      try {
        opened.readIdentity();
        return opened;
      } catch (RuntimeException | IOException e) {
        opened.close();
        throw e;
      }
    } catch (IOException e) {
      throw DiskFaults.of("the log folder " + folder, e);
    }
  }

  @Override
  public String toString() {
    return "log folder " + folder;
  }

  Path ratis() {
    return folder.resolve("ratis");
  }

  /// Whether a start has succeeded here before: its log must then be there.
  boolean isFormed() {
    return formed;
  }

  /// Declares the first start a success.
  void markFormed() {
    try {
      writeIdentity(FORMED);
      formed = true;
    } catch (IOException e) {
      throw DiskFaults.of("the identity mark in " + folder, e);
    }
  }

  @Override
  public void close() {
    try {
      lockChannel.close();
    } catch (IOException e) {
      throw new Unavailable("cannot release the lock of the log folder " + folder + ": " + e, e);
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new Conflict(
          "the log folder "
              + folder
              + " is in use by another running cluster; stop it or choose another folder");
    }
    return channel;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null; // held by this very process
    }
  }

  private void readIdentity() throws IOException {
    Path file = folder.resolve("identity");
    if (!Files.exists(file)) {
      if (Files.exists(ratis())) {
        throw new Corruption(
            "the log folder " + folder + " has a log but no identity mark; expected " + file);
      }
      writeIdentity(FORMING);
      return;
    }
    formed = parseIdentity(file);
    if (formed && !Files.isDirectory(ratis())) {
      throw new Corruption(
          "the log of replica " + settings.nodeId() + " is gone; expected it in " + ratis());
    }
    if (!formed) {
      deleteTree(ratis());
    }
  }

  private boolean parseIdentity(Path file) throws IOException {
    if (Files.size(file) > IDENTITY_BYTES_MAX) {
      throw new Corruption("the identity mark " + file + " is too long: " + Files.size(file));
    }
    byte[] bytes = Files.readAllBytes(file);
    int signed = bytes.length - Hash.BYTES;
    if (signed < MAGIC.length
        || !Hash.of(Arrays.copyOf(bytes, signed))
            .equals(Hash.ofBytes(Arrays.copyOfRange(bytes, signed, bytes.length)))) {
      throw new Corruption("the identity mark " + file + " does not match its checksum");
    }
    try {
      CanonicalReader reader = new CanonicalReader("identity mark " + file, bytes, 0, signed);
      reader.magic(MAGIC);
      int state = (int) reader.varint(FORMED, "the state");
      expect(file, "cluster", settings.clusterId(), reader.text(ID_BYTES_MAX, "the cluster id"));
      expect(file, "replica", settings.nodeId(), reader.text(ID_BYTES_MAX, "the node id"));
      reader.end();
      return state == FORMED;
    } catch (MalformedEncoding e) {
      throw new Corruption(String.valueOf(e.getMessage()), e);
    }
  }

  private static void expect(Path file, String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw new Conflict(
          file + " belongs to " + what + " '" + found + "', expected '" + expected + "'");
    }
  }

  private void writeIdentity(int state) throws IOException {
    byte[] content =
        new CanonicalWriter(IDENTITY_BYTES_MAX)
            .raw(MAGIC)
            .varint(state)
            .text(settings.clusterId())
            .text(settings.nodeId())
            .toBytes();
    Path fresh = folder.resolve("identity.new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(new CanonicalWriter().raw(content).hash(Hash.of(content)).toBytes());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, folder.resolve("identity"), StandardCopyOption.ATOMIC_MOVE);
    syncFolder(folder);
  }

  /// Makes a rename in a folder survive a power cut.
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}

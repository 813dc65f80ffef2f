package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.paxoslog.api.Snapshot;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/// A snapshot on disk, with a checksum of its own: Ratis does not notice a flipped byte in one.
///
/// ```
/// 0        8        16       24      28                n-32     n
/// ┌────────┬────────┬────────┬───────┬─────┬───────────┬────────┐
/// │KOGSNAP2│ term   │ index  │ count │ ids │ the state │ SHA-256│  numbers big endian
/// └────────┴────────┴────────┴───────┴─────┴───────────┴────────┘  the hash covers all before it
/// ```
/// The ids, each as [DataOutputStream#writeUTF] writes it, are those of the [Keepers].
final class SnapshotFile {

  private static final long MAGIC = 0x4b4f47534e415032L; // "KOGSNAP2"
  private static final int HEADER_BYTES = 28;
  private static final int HASH_BYTES = 32;
  private static final int BUFFER_BYTES = 1 << 17;

  private SnapshotFile() {}

  /// Writes beside the final name, flushes, then renames: the file is whole or absent.
  static void write(Path file, TermIndex at, SortedSet<String> keepers, Snapshot state)
      throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileOutputStream disk = new FileOutputStream(fresh.toFile())) {
      OutputStream buffered = new BufferedOutputStream(disk, BUFFER_BYTES);
      DigestOutputStream digested = new DigestOutputStream(buffered, sha256());
      DataOutputStream header = new DataOutputStream(digested);
      header.writeLong(MAGIC);
      header.writeLong(at.getTerm());
      header.writeLong(at.getIndex());
      header.writeInt(keepers.size());
      for (String keeper : keepers) {
        header.writeUTF(keeper);
      }
      OutputStream body = new BufferedOutputStream(digested, BUFFER_BYTES);
      state.writeTo(body);
      body.flush();
      buffered.write(digested.getMessageDigest().digest());
      buffered.flush();
      disk.getFD().sync();
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    LogFolder.syncFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }

  /// Makes a snapshot that somebody else put here survive a power cut, with the folder it is in.
  static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    LogFolder.syncFolder(folder);
    LogFolder.syncFolder(Objects.requireNonNull(folder.getParent()));
  }

  /// Loads the state of a snapshot into a machine.
  ///
  /// @return the replicas that have kept this log
  /// @throws Corruption when the file is not what was written; the machine is then of no more use
  static SortedSet<String> load(Path file, TermIndex at, StateMachine machine) throws IOException {
    long length = Files.size(file);
    if (length < HEADER_BYTES + HASH_BYTES) {
      throw new Corruption("snapshot " + file + " is truncated: " + length + " bytes");
    }
    try (InputStream disk = Files.newInputStream(file);
        InputStream buffered = new BufferedInputStream(disk, BUFFER_BYTES)) {
      MessageDigest digest = sha256();
      Bounded content = new Bounded(new DigestInputStream(buffered, digest), length - HASH_BYTES);
      SortedSet<String> keepers = readHeader(content, at);
      FabricException refusal = keepers != null ? loadState(content, machine) : null;
      content.skipRest();
      if (keepers == null || !Arrays.equals(digest.digest(), buffered.readNBytes(HASH_BYTES))) {
        throw new Corruption("snapshot " + file + " does not match its checksum");
      }
      if (refusal != null) {
        throw new Corruption("snapshot " + file + " cannot be understood: " + refusal, refusal);
      }
      return keepers;
    }
  }

  /// @return null when this is not the header of such a snapshot
  private static @Nullable SortedSet<String> readHeader(InputStream content, TermIndex at)
      throws IOException {
    DataInputStream header = new DataInputStream(content);
    if (header.readLong() != MAGIC
        || header.readLong() != at.getTerm()
        || header.readLong() != at.getIndex()) {
      return null;
    }
    TreeSet<String> keepers = new TreeSet<>();
    int count = header.readInt();
    if (count < 0 || count > Keepers.MAX) {
      return null;
    }
    try {
      while (keepers.size() < count && keepers.add(header.readUTF())) {
        // One after the other; a second of a kind ends it.
      }
    } catch (EOFException | UTFDataFormatException _) {
      return null;
    }
    return keepers.size() == count ? keepers : null;
  }

  private static @Nullable FabricException loadState(InputStream content, StateMachine machine)
      throws IOException {
    try {
      machine.load(new BufferedInputStream(content, BUFFER_BYTES));
      return null;
    } catch (FabricException e) {
      return e;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
  }

  /// The first bytes of a stream. Reading to their end leaves the rest where it is.
  private static final class Bounded extends FilterInputStream {

    private long left;

    Bounded(InputStream source, long length) {
      super(source);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      int value = super.read();
      left -= value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }

    void skipRest() throws IOException {
      byte[] scratch = new byte[8192];
      while (read(scratch, 0, scratch.length) >= 0) {
        // The digest reads along.
      }
    }
  }
}

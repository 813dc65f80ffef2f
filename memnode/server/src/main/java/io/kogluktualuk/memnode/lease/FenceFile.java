package io.kogluktualuk.memnode.lease;

import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// The file in which a node keeps what it must not forget about leases. It is replaced as a whole:
/// written aside, forced to the device, renamed.
///
/// ```
/// "kogfence1" │ varint longest ttl in ms │ fences │ u64 CRC-32C of all before
/// ```
///
/// **Threading:** one thread at a time. **Bound:** some 30 KB.
public final class FenceFile {

  private static final byte[] MAGIC = "kogfence1".getBytes(StandardCharsets.US_ASCII);
  private static final String NAME = "leases";
  private static final int BYTES_MAX = 64 * 1024;

  private final Path folder;
  private final Path path;

  /// What it says.
  ///
  /// @param ttlMillisMax the longest time that holds were promised for
  record State(Fences fences, long ttlMillisMax) {}

  /// @param folder of the node's state, where the file is or will be
  public FenceFile(Path folder) {
    this.folder = folder;
    this.path = folder.resolve(NAME);
  }

  State read() {
    if (!Files.exists(path)) {
      return new State(Fences.NONE, 0);
    }
    try {
      if (Files.size(path) > BYTES_MAX) {
        throw new Corruption(path + " has " + Files.size(path) + " bytes, at most " + BYTES_MAX);
      }
      return decode(Files.readAllBytes(path));
    } catch (MalformedEncoding e) {
      throw new Corruption("which leases are dead cannot be read: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Unavailable(path + " cannot be read: " + e, e);
    }
  }

  private State decode(byte[] bytes) {
    CanonicalReader reader = new CanonicalReader(path.toString(), bytes);
    reader.magic(MAGIC);
    long ttlMillisMax = reader.varint();
    Fences fences = Fences.CODEC.read(reader);
    int covered = bytes.length - reader.remaining();
    long found = reader.u64();
    reader.end();
    long expected = crc(Arrays.copyOf(bytes, covered));
    if (found != expected) {
      throw reader.malformed("checksum " + found + ", expected " + expected);
    }
    return new State(fences, ttlMillisMax);
  }

  void write(State state) {
    CanonicalWriter writer = new CanonicalWriter(BYTES_MAX);
    writer.raw(MAGIC).varint(state.ttlMillisMax());
    Fences.CODEC.write(state.fences(), writer);
    writer.u64(crc(writer.toBytes()));
    Path aside = folder.resolve(NAME + ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              aside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(writer.toBytes());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    } catch (IOException e) {
      throw new Unavailable(path + " cannot be written: " + e, e);
    }
  }

  private static long crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }
}

package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a stage has set aside, on disk: it survives the death of the process and of the machine.
///
/// ```
/// file     { record } …
/// record   u32 length (big endian) │ 32 bytes SHA-256 of the payload │ payload
/// payload  u8 kind: 1 = set aside, 2 = taken back │ 32 bytes id │ for 1: what SetAside says
/// ```
///
/// A record that is cut short, at the end, is one that was never acknowledged: it is cut off. The
/// file is written anew when most of it is of no more use.
///
/// **Threading:** any thread. **Ownership:** of the file, which only one journal can have.
/// **Bound:** [#ENTRIES_MAX], and as many bytes as they take, twice.
/// **Errors:** [OutOfSpace] when it is full, [Unavailable] when the disk fails,
/// [Corruption] when a record in the middle of the file is damaged.
final class SetAsideJournal implements AutoCloseable {

  static final int ENTRIES_MAX = 1024;

  private static final int HEAD = 4 + Hash.BYTES;
  private static final int RECORD_MAX =
      Envelope.ENCODED_MAX + Verdict.REASON_BYTES_MAX + Origin.NAME_MAX + 128;
  private static final int PUT = 1;
  private static final int REMOVED = 2;

  /// Below this it is never written anew.
  private static final long REWRITE_BYTES_MIN = 1 << 20;

  private final Path file;
  private final Map<Hash, SetAside> entries = new LinkedHashMap<>();
  private FileChannel channel;
  private long liveBytes;

  private SetAsideJournal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Opens the journal for a stage that starts, and makes it if there is none.
  ///
  /// @throws Conflict when another one has it
  static SetAsideJournal open(Path folder, String pipeline, String stage) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Unavailable("folder " + folder + " cannot be made: " + e, e);
    }
    try (SetAsideDoor door = SetAsideDoor.enter(folder, stage)) {
      SetAsideJournal journal = tryOpen(folder, stage);
      if (journal == null) {
        SetAsideDoor.Owner owner = SetAsideDoor.owner(folder, stage);
        throw new Conflict(
            "journal %s is in use%s: another stage of that name runs here"
                .formatted(file(folder, stage), owner == null ? "" : " by process " + owner.pid()));
      }
      door.write(pipeline);
      return journal;
    }
  }

  private static Path file(Path folder, String stage) {
    return folder.resolve(stage + ".set-aside");
  }

  /// Opens the journal, for who has come through its door.
  ///
  /// @return null when a stage has it
  static @Nullable SetAsideJournal tryOpen(Path folder, String stage) {
    Path file = file(folder, stage);
    try {
      FileChannel channel = openLocked(file);
      if (channel == null) {
        return null;
      }
      SetAsideJournal journal = new SetAsideJournal(file, channel);
      try {
        long end = journal.load();
        channel.truncate(end).position(end);
        return journal;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new Unavailable("journal " + file + " cannot be opened: " + e, e);
    }
  }

  /// What a journal says now, whoever has it; oldest first. For another process than the stage's.
  static List<SetAside> read(Path folder, String stage) {
    Path file = file(folder, stage);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SetAsideJournal journal = new SetAsideJournal(file, channel);
      journal.load();
      return journal.all();
    } catch (IOException e) {
      throw new Unavailable("journal " + file + " cannot be read: " + e, e);
    }
  }

  /// @return null when another one has locked it
  private static @Nullable FileChannel openLocked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Told below, as for another process.
    }
    channel.close();
    return null;
  }

  /// @return where the last whole record ends
  private long load() throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    long position = 0;
    long end = channel.size();
    while (position < end) {
      byte[] payload = payload(head, position, end);
      if (payload == null) {
        return position;
      }
      apply(payload);
      position += HEAD + payload.length;
    }
    return end;
  }

  /// @return null when the file ends within the record
  private byte @Nullable [] payload(ByteBuffer head, long position, long end) throws IOException {
    head.clear();
    if (end - position < HEAD) {
      return null;
    }
    readFully(head, position);
    int length = head.getInt(0);
    if (length < 0 || length > RECORD_MAX) {
      throw new Corruption(file + ": a record of " + length + " bytes at " + position);
    }
    if (end - position - HEAD < length) {
      return null;
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    readFully(payload, position + HEAD);
    Hash expected = Hash.read(head.array(), 4);
    Hash found = Hash.of(payload.array());
    if (!found.equals(expected)) {
      if (position + HEAD + length == end) {
        return null; // written in part when the machine stopped
      }
      throw new Corruption(
          file + ": the record at " + position + " has hash " + found + ", expected " + expected);
    }
    return payload.array();
  }

  private void readFully(ByteBuffer target, long position) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        throw new IOException("the file has become shorter");
      }
    }
  }

  private void apply(byte[] payload) {
    try {
      CanonicalReader reader = new CanonicalReader("a record of " + file, payload);
      int kind = reader.u8();
      Hash id = reader.hash();
      SetAside former = entries.remove(id);
      liveBytes -= former == null ? 0 : bytes(former);
      if (kind == PUT) {
        SetAside one = SetAside.CODEC.read(reader);
        entries.put(id, one);
        liveBytes += bytes(one);
      }
      reader.end();
    } catch (MalformedEncoding e) {
      throw new Corruption(file + ": " + e.getMessage(), e);
    }
  }

  private static long bytes(SetAside one) {
    return HEAD + 256L + one.envelope().encode().length;
  }

  /// Keeps an envelope; returns when the disk has it.
  synchronized void add(SetAside one) {
    Hash id = one.envelope().id();
    if (entries.size() >= ENTRIES_MAX && !entries.containsKey(id)) {
      throw new OutOfSpace(
          "journal " + file + " has " + entries.size() + " envelopes, at most " + ENTRIES_MAX);
    }
    CanonicalWriter writer = new CanonicalWriter(RECORD_MAX).u8(PUT).hash(id);
    SetAside.CODEC.write(one, writer);
    append(writer.toBytes());
  }

  /// Forgets an envelope.
  ///
  /// @return what there was, or null
  synchronized @Nullable SetAside remove(Hash id) {
    SetAside former = entries.get(id);
    if (former != null) {
      append(new CanonicalWriter().u8(REMOVED).hash(id).toBytes());
    }
    return former;
  }

  private void append(byte[] payload) {
    ByteBuffer bytes = record(payload);
    try {
      long before = channel.position();
      try {
        write(channel, bytes);
        channel.force(false);
      } catch (IOException e) {
        channel.truncate(before);
        throw e;
      }
      apply(payload);
      if (channel.size() > REWRITE_BYTES_MIN && channel.size() > 2 * liveBytes) {
        rewrite();
      }
    } catch (IOException e) {
      throw new Unavailable("journal " + file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer record(byte[] payload) {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + payload.length).putInt(payload.length);
    return bytes.put(Hash.of(payload).toBytes()).put(payload).flip();
  }

  private static void write(FileChannel target, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      target.write(bytes);
    }
  }

  private void rewrite() throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    FileChannel next = openLocked(fresh);
    if (next == null) {
      throw new IOException(fresh + " is locked by another process");
    }
    try {
      for (SetAside one : entries.values()) {
        CanonicalWriter writer = new CanonicalWriter(RECORD_MAX).u8(PUT).hash(one.envelope().id());
        SetAside.CODEC.write(one, writer);
        write(next, record(writer.toBytes()));
      }
      next.force(true);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      next.close();
      throw e;
    }
    channel.close();
    channel = next;
  }

  synchronized @Nullable SetAside find(Hash id) {
    return entries.get(id);
  }

  /// All of them, oldest first.
  synchronized List<SetAside> all() {
    return new ArrayList<>(entries.values());
  }

  synchronized int size() {
    return entries.size();
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Unavailable("journal " + file + " cannot be closed: " + e.getMessage(), e);
    }
  }
}

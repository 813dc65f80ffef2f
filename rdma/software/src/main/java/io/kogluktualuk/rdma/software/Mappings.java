package io.kogluktualuk.rdma.software;

import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/// The peers' files that this process has mapped, shared by all its queue pairs.
///
/// A file is mapped whole, once for reading and once for writing, whatever part of it a region is:
/// a peer that gives the same bytes a new key costs no new mapping, and no new page faults.
///
/// **Threading:** any thread. **Bound:** two mappings per file in use, and one more when a file has
/// grown; the last user unmaps.
final class Mappings {

  /// Which file; the inode tells apart files that had the same path in turn.
  record Key(String path, long inode, boolean isWritable) {}

  /// A mapping in use.
  final class Mapping {
    private final Key key;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment whole;
    private int users;

    private Mapping(Key key) throws IOException {
      this.key = key;
      this.whole = map(key, arena);
    }

    /// @throws IOException when the file has no such part
    MemorySegment part(long offset, long length) throws IOException {
      if (!contains(offset, length)) {
        throw new IOException(
            length + " bytes at " + offset + " are not inside " + key.path() + ": " + whole);
      }
      return whole.asSlice(offset, length);
    }

    private boolean contains(long offset, long length) {
      return offset >= 0 && length >= 0 && offset <= whole.byteSize() - length;
    }

    void release() {
      synchronized (Mappings.this) {
        users--;
        if (users == 0) {
          open.remove(key, this);
          arena.close();
        }
      }
    }
  }

  private final Map<Key, Mapping> open = new HashMap<>();

  /// The mapping of a file for one more user.
  ///
  /// @param offset the part that it must contain
  synchronized Mapping acquire(Key key, long offset, long length) throws IOException {
    Mapping known = open.get(key);
    if (known == null || !known.contains(offset, length)) {
      known = new Mapping(key);
      open.put(key, known);
    }
    known.users++;
    return known;
  }

  synchronized int size() {
    return open.size();
  }

  private static MemorySegment map(Key key, Arena arena) throws IOException {
    Path path = Path.of(key.path());
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      arena.close();
      throw new IOException("the peer's region lies in no regular file: " + path);
    }
    StandardOpenOption[] options =
        key.isWritable()
            ? new StandardOpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE}
            : new StandardOpenOption[] {StandardOpenOption.READ};
    try (FileChannel channel = FileChannel.open(path, options)) {
      if (FileMapping.inodeOf(path) != key.inode()) {
        throw new IOException("the peer's region is not what is at " + path + " now");
      }
      MapMode mode = key.isWritable() ? MapMode.READ_WRITE : MapMode.READ_ONLY;
      return channel.map(mode, 0, channel.size(), arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }
}

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
/// **Threading:** any thread. **Bound:** one mapping per distinct region in use; the last user
/// unmaps.
final class Mappings {

  /// Which bytes of which file; the inode tells apart files that had the same path in turn.
  record Key(String path, long inode, long offset, long length, boolean isWritable) {}

  /// A mapping in use.
  final class Mapping {
    private final Key key;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private int users = 1;

    private Mapping(Key key) throws IOException {
      this.key = key;
      this.memory = map(key, arena);
    }

    MemorySegment memory() {
      return memory;
    }

    void release() {
      synchronized (Mappings.this) {
        users--;
        if (users == 0) {
          open.remove(key);
          arena.close();
        }
      }
    }
  }

  private final Map<Key, Mapping> open = new HashMap<>();

  synchronized Mapping acquire(Key key) throws IOException {
    Mapping known = open.get(key);
    if (known != null) {
      known.users++;
      return known;
    }
    Mapping mapping = new Mapping(key);
    open.put(key, mapping);
    return mapping;
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
      if (FileMapping.inodeOf(path) != key.inode()
          || channel.size() < Math.addExact(key.offset(), key.length())) {
        throw new IOException("the peer's region is not what is at " + path + " now");
      }
      MapMode mode = key.isWritable() ? MapMode.READ_WRITE : MapMode.READ_ONLY;
      return channel.map(mode, key.offset(), key.length(), arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }
}

package io.kogluktualuk.computenode.server;

import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// The folder of one compute node: held by one process at a time.
///
/// ```
/// lock              held while a server runs
/// node-id           the identity, written once
/// modules/          compiled programs; may be deleted at any time
/// modules-shared/   those that other nodes have compiled; likewise
/// ```
///
/// **Threading:** one thread at a time. **Ownership:** owns the lock.
final class NodeFolder implements AutoCloseable {

  private final Path path;
  private final FileChannel lock;
  private final NodeId id;

  private NodeFolder(Path path, FileChannel lock) throws IOException {
    this.path = path;
    this.lock = lock;
    this.id = identity();
  }

  /// @throws Conflict when another server holds it
  static NodeFolder open(Path path) {
    try {
      Files.createDirectories(path);
      FileChannel lock =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (tryLock(lock) == null) {
          throw new Conflict("folder " + path + " is held by another compute node");
        }
        return new NodeFolder(path, lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new OutOfSpace("folder " + path + " cannot be used: " + e, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  private NodeId identity() throws IOException {
    Path file = path.resolve("node-id");
    if (!Files.exists(file)) {
      Path fresh = path.resolve("node-id.new");
      Files.writeString(fresh, NodeId.of(new SecureRandom()).toString());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return NodeId.parse(Files.readString(file).strip());
  }

  NodeId id() {
    return id;
  }

  Path modules() {
    return path.resolve("modules");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}

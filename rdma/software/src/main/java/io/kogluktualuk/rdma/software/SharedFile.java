package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.fault.Refused;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Anonymous shared memory that a process of the same user can open by a token.
///
/// On Linux it is a memfd, opened by peers as `/proc/PID/fd/N`: no name in any folder, so nothing
/// is left behind by `kill -9` at any moment. Elsewhere it is a temporary file, readable by its
/// owner; the ones of a process that was killed are deleted by the next process that makes one.
///
/// **Threading:** any thread. **Ownership:** the creator closes, once; mappings live as long as the
/// arenas they were made in. **Trust:** a token is foreign text. [#open] only follows it to a
/// regular file of exactly the expected length that belongs to a process (or, elsewhere, is owned
/// by the user) of the same user, and the caller compares a nonce in it before writing a byte.
final class SharedFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SharedFile.class);
  private static final Pattern PROCESS_FILE = Pattern.compile("/proc/(\\d{1,10})/fd/\\d{1,10}");
  private static final String PREFIX = "kogluktualuk-";
  /// False also when told so: tests see to it that the portable way works.
  static final boolean IS_LINUX =
      "Linux".equals(System.getProperty("os.name")) && !Boolean.getBoolean("kog.rdma.portable");

  private final String token;
  private final MemorySegment segment;
  private final Runnable discard;

  private SharedFile(String token, MemorySegment segment, Runnable discard) {
    this.token = token;
    this.segment = segment;
    this.discard = discard;
  }

  /// Linked on first use only.
  private static final class Calls {

    private static final int CLOSE_ON_EXEC = 1;
    private static final Linker LINKER = Linker.nativeLinker();

    static final MethodHandle MEMFD_CREATE =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("memfd_create"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    static final MethodHandle CLOSE =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("close"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    static int memfd() throws IOException {
      try (Arena scratch = Arena.ofConfined()) {
        int fd =
            (int) MEMFD_CREATE.invokeExact(scratch.allocateFrom("kogluktualuk"), CLOSE_ON_EXEC);
        if (fd < 0) {
          throw new IOException("memfd_create failed: no file descriptors or memory left");
        }
        return fd;
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("memfd_create", e);
      }
    }

    static void close(int fd) {
      try {
        int result = (int) CLOSE.invokeExact(fd);
        assert result == 0;
      } catch (Throwable e) {
        throw new IllegalStateException("close", e);
      }
    }
  }

  /// Creates zeroed memory of this length, mapped in `arena`.
  static SharedFile create(long bytes, Arena arena) throws IOException {
    return IS_LINUX ? createMemory(bytes, arena) : createTemporary(bytes, arena);
  }

  private static SharedFile createMemory(long bytes, Arena arena) throws IOException {
    int fd = Calls.memfd();
    try {
      MemorySegment segment = map(Path.of("/proc/self/fd/" + fd), bytes, arena);
      String token = "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
      return new SharedFile(token, segment, () -> Calls.close(fd));
    } catch (IOException | RuntimeException e) {
      Calls.close(fd);
      throw e;
    }
  }

  /// Deletes what processes of this user that are no more have left. Once in each process.
  private static final class Leftovers {

    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,10})-.*\\.shm");

    static {
      File[] found = new File(System.getProperty("java.io.tmpdir")).listFiles();
      for (File file : found == null ? new File[0] : found) {
        var name = NAME.matcher(file.getName());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          // Another process may be at it too, and another user's cannot be deleted: both are fine.
          boolean isDeleted = file.delete();
          LOG.debug("{} was left by a process that is no more: deleted {}", file, isDeleted);
        }
      }
    }

    private Leftovers() {}

    static void deleted() {
      // The class is initialised.
    }
  }

  private static SharedFile createTemporary(long bytes, Arena arena) throws IOException {
    Leftovers.deleted();
    Path file =
        Files.createTempFile(
            PREFIX + ProcessHandle.current().pid() + "-",
            ".shm",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    file.toFile().deleteOnExit();
    MemorySegment segment = map(file, bytes, arena);
    return new SharedFile(
        file.toString(),
        segment,
        () -> {
          // A file that cannot be deleted now is deleted at exit.
          boolean deleted = file.toFile().delete();
          assert deleted || !Files.exists(file);
        });
  }

  /// Maps the memory that a peer's token names.
  ///
  /// @throws Refused when the token does not lead to memory of this length of a process of this
  ///     user
  static MemorySegment open(String token, long bytes, Arena arena) {
    try {
      Path path = Path.of(token);
      boolean trusted = IS_LINUX ? belongsToOwnProcess(token) : belongsToOwnUser(path);
      if (!trusted) {
        throw new Refused("shared memory '" + token + "' does not belong to this user");
      }
      if (!Files.isRegularFile(path) || Files.size(path) != bytes) {
        throw new Refused("shared memory '" + token + "' is not a file of " + bytes + " bytes");
      }
      return map(path, bytes, arena);
    } catch (IOException | RuntimeException e) {
      throw e instanceof Refused refused
          ? refused
          : new Refused("shared memory '" + token + "' cannot be opened: " + e, e);
    }
  }

  private static boolean belongsToOwnProcess(String token) throws IOException {
    var matcher = PROCESS_FILE.matcher(token);
    return matcher.matches()
        && Files.getAttribute(Path.of("/proc", matcher.group(1)), "unix:uid")
            .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private static boolean belongsToOwnUser(Path path) throws IOException {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    return folder.equals(path.getParent())
        && path.getFileName().toString().startsWith(PREFIX)
        && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(path).getName().equals(System.getProperty("user.name"));
  }

  private static MemorySegment map(Path path, long bytes, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  /// What a peer passes to [#open].
  String token() {
    return token;
  }

  MemorySegment segment() {
    return segment;
  }

  /// Lets no further peer open it. Mappings stay until their arenas close.
  @Override
  public void close() {
    discard.run();
  }
}

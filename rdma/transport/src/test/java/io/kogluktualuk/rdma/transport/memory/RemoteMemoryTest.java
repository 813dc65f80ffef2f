package io.kogluktualuk.rdma.transport.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One-sided access within one process and between two.
@Timeout(30)
@NullUnmarked // JUnit fills the fields before each test.
class RemoteMemoryTest {

  private static final int FILE_BYTES = 1 << 20;

  @TempDir Path folder;

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(10));
  }

  private static InetSocketAddress anyPort() {
    return RdmaAddress.anyPort();
  }

  private Path file(String name, int seed) throws IOException {
    byte[] bytes = new byte[FILE_BYTES];
    new Random(seed).nextBytes(bytes);
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] bytes(RegisteredBuffer buffer, int length) {
    return buffer.segment().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void readsAndWritesReachTheFileAndAreCounted() throws IOException {
    Path file = file("arena", 1);
    byte[] expected = Files.readAllBytes(file);
    try (RegionServer server = RegionServer.open(anyPort());
        RegisteredPool pool = RegisteredPool.create(FILE_BYTES, 2);
        RemoteMemory remote = RemoteMemory.connect(server.address(), soon());
        RegisteredBuffer buffer = pool.acquire(soon())) {
      PublishedRegion region =
          server.registerFile(file, 4096, FILE_BYTES - 4096, RegionAccess.READ_WRITE);
      remote.read(region.remote(), 0, buffer, 0, FILE_BYTES - 4096, soon());
      assertArrayEquals(
          java.util.Arrays.copyOfRange(expected, 4096, FILE_BYTES),
          bytes(buffer, FILE_BYTES - 4096));
      buffer.segment().asSlice(10, 5).copyFrom(MemorySegment.ofArray("hello".getBytes()));
      remote.write(region.remote(), 100, buffer, 10, 5, soon());
      assertEquals("hello", new String(Files.readAllBytes(file), 4096 + 100, 5));
      assertEquals(1, remote.reads().operations());
      assertEquals(FILE_BYTES - 4096, remote.reads().bytes());
      assertEquals(1, remote.writes().operations());
      assertEquals(5, remote.writes().bytes());
    }
  }

  @Test
  void batchesOfAnySizeMoveEveryPiece() throws IOException {
    Path file = file("arena", 2);
    byte[] expected = Files.readAllBytes(file);
    try (RegionServer server = RegionServer.open(anyPort());
        RegisteredPool pool = RegisteredPool.create(FILE_BYTES, 1);
        RemoteMemory remote = RemoteMemory.connect(server.address(), soon());
        RegisteredBuffer buffer = pool.acquire(soon())) {
      RemoteRegion region = server.registerFile(file, 0, FILE_BYTES, RegionAccess.READ).remote();
      for (int count : new int[] {0, 1, 3, 16, 21, 200, 1000}) {
        buffer.segment().fill((byte) 0);
        List<Transfer> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          pieces.add(new Transfer(region, 1000L * i, buffer, 1000L * (count - 1 - i), 1000));
        }
        remote.readAll(pieces, soon());
        for (int i = 0; i < count; i++) {
          byte[] piece =
              buffer
                  .segment()
                  .asSlice(1000L * (count - 1 - i), 1000)
                  .toArray(ValueLayout.JAVA_BYTE);
          assertArrayEquals(
              java.util.Arrays.copyOfRange(expected, 1000 * i, 1000 * i + 1000), piece);
        }
      }
    }
  }

  @Test
  void deniedAccessesAreRefusedAndTheNextOneWorks() throws IOException {
    Path file = file("arena", 3);
    try (RegionServer server = RegionServer.open(anyPort());
        RegionServer other = RegionServer.open(anyPort());
        RegisteredPool pool = RegisteredPool.create(4096, 1);
        RemoteMemory remote = RemoteMemory.connect(server.address(), soon());
        RegisteredBuffer buffer = pool.acquire(soon())) {
      PublishedRegion readOnly = server.registerFile(file, 0, FILE_BYTES, RegionAccess.READ);
      PublishedRegion gone = server.registerFile(file, 0, FILE_BYTES, RegionAccess.READ);
      PublishedRegion foreign = other.registerFile(file, 0, FILE_BYTES, RegionAccess.READ);
      remote.read(gone.remote(), 0, buffer, 0, 10, soon());
      gone.close();
      RemoteRegion longer =
          new RemoteRegion(readOnly.remote().address(), FILE_BYTES + 10, readOnly.remote().rkey());
      assertThrows(Refused.class, () -> remote.read(gone.remote(), 0, buffer, 0, 10, soon()));
      assertThrows(Refused.class, () -> remote.read(foreign.remote(), 0, buffer, 0, 10, soon()));
      assertThrows(Refused.class, () -> remote.read(longer, FILE_BYTES, buffer, 0, 10, soon()));
      assertThrows(Refused.class, () -> remote.write(readOnly.remote(), 0, buffer, 0, 9, soon()));
      assertThrows(
          Refused.class, () -> remote.read(readOnly.remote(), FILE_BYTES, buffer, 0, 1, soon()));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> remote.read(readOnly.remote(), 0, buffer, 4000, 97, soon()));
      remote.read(readOnly.remote(), FILE_BYTES - 10, buffer, 0, 10, soon());
      assertThrows(
          InvalidArgument.class, () -> server.registerFile(file, 1, FILE_BYTES, RegionAccess.READ));
      assertThrows(
          NotFound.class,
          () -> server.registerFile(folder.resolve("none"), 0, 1, RegionAccess.READ));
    }
  }

  @Test
  void manyThreadsShareOneAccess() throws Exception {
    Path file = file("arena", 4);
    byte[] expected = Files.readAllBytes(file);
    try (RegionServer server = RegionServer.open(anyPort());
        RegisteredPool pool = RegisteredPool.create(8192, 16);
        RemoteMemory remote = RemoteMemory.connect(server.address(), soon());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      RemoteRegion region = server.registerFile(file, 0, FILE_BYTES, RegionAccess.READ).remote();
      List<Future<?>> results = new ArrayList<>();
      for (int thread = 0; thread < 64; thread++) {
        Random random = new Random(thread);
        results.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    int length = random.nextInt(8192);
                    int offset = random.nextInt(FILE_BYTES - length);
                    try (RegisteredBuffer buffer = pool.acquire(soon())) {
                      remote.read(region, offset, buffer, 0, length, soon());
                      assertArrayEquals(
                          java.util.Arrays.copyOfRange(expected, offset, offset + length),
                          bytes(buffer, length));
                    }
                  }
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
      assertEquals(3200, remote.reads().operations());
    }
  }

  @Test
  void anotherProcessIsReadWrittenAndCalled() throws Exception {
    Path file = file("arena", 5);
    byte[] expected = Files.readAllBytes(file);
    try (ChildServer child = ChildServer.start(file);
        RegisteredPool pool = RegisteredPool.create(FILE_BYTES, 1);
        RemoteMemory remote = RemoteMemory.connect(child.memory(), soon());
        Channel channel = RpcClient.connect(child.rpc(), soon());
        RegisteredBuffer buffer = pool.acquire(soon())) {
      remote.read(child.region(), 0, buffer, 0, FILE_BYTES, soon());
      assertArrayEquals(expected, bytes(buffer, FILE_BYTES));
      buffer.segment().fill((byte) 7);
      remote.write(child.region(), 1000, buffer, 0, 1000, soon());
      assertEquals(7, Files.readAllBytes(file)[1999]);
      for (int i = 0; i < 100; i++) {
        byte[] request = {0, (byte) i};
        assertArrayEquals(request, channel.call(ChildServer.ECHO, request, soon()));
      }
    }
  }

  @Test
  void aKilledProcessIsNoticedAtOnceAndWhatWasWrittenStays() throws Exception {
    Path file = file("arena", 6);
    try (ChildServer child = ChildServer.start(file);
        RegisteredPool pool = RegisteredPool.create(4096, 1);
        RemoteMemory remote = RemoteMemory.connect(child.memory(), soon());
        Channel channel = RpcClient.connect(child.rpc(), soon());
        RegisteredBuffer buffer = pool.acquire(soon());
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      buffer.segment().fill((byte) 9);
      remote.write(child.region(), 0, buffer, 0, 4096, soon());
      Future<byte[]> waiting =
          callers.submit(() -> channel.call(ChildServer.ECHO, new byte[] {1}, soon()));
      assertEquals(2, channel.call(ChildServer.ECHO, new byte[2], soon()).length);
      child.kill();
      long killed = System.nanoTime();
      Exception e = assertThrows(Exception.class, waiting::get);
      assertInstanceOf(Unavailable.class, e.getCause());
      assertTrue(System.nanoTime() - killed < TimeUnit.SECONDS.toNanos(2));
      assertThrows(
          Unavailable.class,
          () -> {
            // The end of the connection may be seen a moment later here than by the call above.
            while (System.nanoTime() - killed < TimeUnit.SECONDS.toNanos(5)) {
              remote.read(child.region(), 0, buffer, 0, 4096, soon());
            }
          });
      assertThrows(Unavailable.class, () -> channel.call(ChildServer.ECHO, new byte[2], soon()));
      assertEquals(9, Files.readAllBytes(file)[4095]);
    }
  }

  @Test
  void aPoolLendsWhatItHas() {
    RegisteredPool pool = RegisteredPool.create(100, 2);
    RegisteredBuffer first = pool.acquire(soon());
    RegisteredBuffer second = pool.acquire(soon());
    assertEquals(100, first.segment().byteSize());
    assertThrows(DeadlineExceeded.class, () -> pool.acquire(Deadline.after(Duration.ofMillis(20))));
    first.close();
    first.close();
    assertEquals(1, pool.available());
    RegisteredBuffer third = pool.acquire(soon());
    second.close();
    third.close();
    pool.close();
    assertThrows(AlreadyClosed.class, () -> pool.acquire(soon()));
    assertThrows(InvalidArgument.class, () -> RegisteredPool.create(1 << 30, 2));
  }

  @Test
  void aPortInUseIsAConflictAndNobodyThereIsUnavailable() {
    InetSocketAddress address;
    try (RegionServer server = RegionServer.open(anyPort())) {
      address = server.address();
      assertThrows(Conflict.class, () -> RegionServer.open(address));
    }
    assertThrows(Unavailable.class, () -> RemoteMemory.connect(address, soon()));
  }

  /// A server that closes while the loss of a peer is being tidied up has hung once.
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aServerClosesWhileItsPeerLeaves() {
    for (int round = 0; round < 300; round++) {
      RegionServer server = RegionServer.open(anyPort());
      RemoteMemory remote = RemoteMemory.connect(server.address(), soon());
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (server.peers() == 0 && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      remote.close();
      // From at once to a little later, so that some rounds meet the very moment.
      for (long until = System.nanoTime() + round * 2_000L; System.nanoTime() < until; ) {
        Thread.onSpinWait();
      }
      server.close();
      assertEquals(0, server.peers());
    }
  }

  @Test
  void aServerThatComesBackIsFoundAgain() throws IOException {
    Path file = file("arena", 8);
    RegionServer first = RegionServer.open(anyPort());
    InetSocketAddress address = first.address();
    try (RegisteredPool pool = RegisteredPool.create(4096, 1);
        RemoteMemory remote = RemoteMemory.connect(address, soon());
        RegisteredBuffer buffer = pool.acquire(soon())) {
      RemoteRegion before = first.registerFile(file, 0, 4096, RegionAccess.READ).remote();
      remote.read(before, 0, buffer, 0, 10, soon());
      first.close();
      assertThrows(Unavailable.class, () -> remote.read(before, 0, buffer, 0, 10, soon()));
      try (RegionServer second = RegionServer.open(address)) {
        RemoteRegion after = second.registerFile(file, 0, 4096, RegionAccess.READ).remote();
        remote.read(after, 0, buffer, 0, 10, soon());
      }
    }
  }
}

package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.RegisteredPool;
import io.kogluktualuk.rdma.transport.memory.RemoteMemory;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import io.kogluktualuk.rdma.transport.memory.Transfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.LogManager;

/// The active process of the verbs benchmark: READ and WRITE through the transport, and memcpy
/// between memory of the same kinds.
///
/// *warm* operations use the same bytes of the region again and again; *cold* ones walk through all
/// of it, more than the caches hold. The local buffer is the same in both, and warm.
///
/// **Threading:** one thread.
final class VerbsInitiator {

  private static final int BUFFER_BYTES = 4 << 20;

  /// Work requests that are in flight together when it is about throughput.
  private static final int PIPELINE = 64;

  private final RemoteMemory remote;
  private final RemoteRegion region;
  private final RegisteredBuffer buffer;
  private final MemorySegment mapped;
  private long offset;

  private VerbsInitiator(
      RemoteMemory remote, RemoteRegion region, RegisteredBuffer buffer, MemorySegment mapped) {
    this.remote = remote;
    this.region = region;
    this.buffer = buffer;
    this.mapped = mapped;
  }

  /// @param args file, port, address and rkey of the target's region
  public static void main(String[] args) throws IOException {
    LogManager.getLogManager().reset();
    RemoteRegion region =
        new RemoteRegion(
            Long.parseLong(args[2]), VerbsTarget.REGION_BYTES, Integer.parseInt(args[3]));
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
    try (RegisteredPool pool = RegisteredPool.create(BUFFER_BYTES, 1);
        RemoteMemory remote = RemoteMemory.connect(address, soon());
        RegisteredBuffer buffer = pool.acquire(soon());
        FileChannel file =
            FileChannel.open(Path.of(args[0]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment mapped =
          file.map(MapMode.READ_WRITE, 0, VerbsTarget.REGION_BYTES, Arena.global());
      AgentLoop.run(
          VerbsStatus.ofThisProcess().connections(),
          new VerbsInitiator(remote, region, buffer, mapped)::run);
    }
  }

  /// That bytes really come from there, and go there.
  private void check(int bytes) {
    long last = VerbsTarget.REGION_BYTES - bytes;
    for (long at = 0; at <= last; at += Math.max(1, last)) {
      read(at, bytes);
      for (int i = 0; i < bytes; i++) {
        expect(VerbsTarget.pattern(at + i), i);
        buffer.segment().set(ValueLayout.JAVA_BYTE, i, (byte) ~VerbsTarget.pattern(at + i));
      }
      remote.write(region, at, buffer, 0, bytes, soon());
      read(at, bytes);
      for (int i = 0; i < bytes; i++) {
        expect((byte) ~VerbsTarget.pattern(at + i), i);
      }
    }
  }

  private void read(long at, int bytes) {
    buffer.segment().asSlice(0, bytes).fill((byte) 0);
    remote.read(region, at, buffer, 0, bytes, soon());
  }

  private void expect(byte expected, int index) {
    byte found = buffer.segment().get(ValueLayout.JAVA_BYTE, index);
    if (found != expected) {
      throw new IllegalStateException("byte " + index + " is " + found + ", expected " + expected);
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(60));
  }

  private long run(String operation, int bytes, int times) {
    long start = System.nanoTime();
    switch (operation) {
      case "read-warm" -> reads(bytes, 0, times);
      case "read-cold" -> reads(bytes, bytes, times);
      case "write-warm" -> writes(bytes, 0, times);
      case "write-cold" -> writes(bytes, bytes, times);
      case "copy-in-warm" -> copiesIn(bytes, 0, times);
      case "copy-in-cold" -> copiesIn(bytes, bytes, times);
      case "copy-out-warm" -> copiesOut(bytes, 0, times);
      case "copy-out-cold" -> copiesOut(bytes, bytes, times);
      case "stream-warm" -> stream(bytes, BUFFER_BYTES, times);
      case "stream-cold" -> stream(bytes, VerbsTarget.REGION_BYTES, times);
      case "check" -> check(bytes);
      case "allocated" -> {
        return Allocation.ofThisProcess();
      }
      default -> throw new IllegalArgumentException(operation);
    }
    return System.nanoTime() - start;
  }

  /// The next place in the region: the same again when the step is 0.
  private long next(int bytes, int step) {
    long at = offset;
    offset = step == 0 || at + step + bytes > VerbsTarget.REGION_BYTES ? 0 : at + step;
    return at;
  }

  private void reads(int bytes, int step, int times) {
    Deadline deadline = soon();
    for (int i = 0; i < times; i++) {
      remote.read(region, next(bytes, step), buffer, 0, bytes, deadline);
    }
  }

  private void writes(int bytes, int step, int times) {
    Deadline deadline = soon();
    for (int i = 0; i < times; i++) {
      remote.write(region, next(bytes, step), buffer, 0, bytes, deadline);
    }
  }

  private void copiesIn(int bytes, int step, int times) {
    MemorySegment here = buffer.segment();
    for (int i = 0; i < times; i++) {
      MemorySegment.copy(mapped, next(bytes, step), here, 0, bytes);
    }
  }

  private void copiesOut(int bytes, int step, int times) {
    MemorySegment here = buffer.segment();
    for (int i = 0; i < times; i++) {
      MemorySegment.copy(here, 0, mapped, next(bytes, step), bytes);
    }
  }

  /// READs of which many are in flight, into a buffer that is used again.
  ///
  /// @param span how many bytes of the region they walk through, again and again
  private void stream(int bytes, long span, int times) {
    int places = BUFFER_BYTES / bytes;
    List<Transfer> transfers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      long at = i % (span / bytes) * bytes;
      transfers.add(new Transfer(region, at, buffer, (long) (i % places) * bytes, bytes));
      if (transfers.size() == PIPELINE || i == times - 1) {
        remote.readAll(transfers, soon());
        transfers.clear();
      }
    }
  }
}

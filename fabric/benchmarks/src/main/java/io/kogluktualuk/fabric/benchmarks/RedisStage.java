package io.kogluktualuk.fabric.benchmarks;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// A stage of the peer that passes payloads through Redis streams: stream `s1` leads to the first
/// stage behind the source, and so on. A stage deletes what it has passed on; the sink pushes a
/// word to a list for each message, for which the source waits when a window of them is under way.
///
/// **Copied**, as counted: bytes written to the server's socket and read from it, and as many
/// again, since the server reads and writes them too. Not counted is what the server copies within
/// itself.
///
/// **Threading:** a thread works, another one answers. **Ownership:** the process ends with its
/// input.
public final class RedisStage {

  private static final String ACKNOWLEDGED = "acknowledged";

  private final int index;
  private final StageWork work;
  private final RedisStream redis;
  private final AtomicLong copied = new AtomicLong();

  private RedisStage(int index, int stages, RedisStream redis) {
    this.index = index;
    this.work = new StageWork(index, stages);
    this.redis = redis;
  }

  /// @param args index, number of stages, the server's socket
  public static void main(String[] args) throws IOException {
    int index = Integer.parseInt(args[0]);
    RedisStream redis = RedisStream.connect(Path.of(args[2]));
    RedisStage stage = new RedisStage(index, Integer.parseInt(args[1]), redis);
    if (index > 0) {
      Thread.ofPlatform().daemon().name("stage").start(stage::work);
    }
    AgentLoop.run("0", stage::answer);
  }

  private long answer(String operation, int bytes, int times) throws IOException {
    return StageOrder.isRun(operation)
        ? send(StageOrder.parse(operation), bytes, times)
        : work.answer(operation, copied.get());
  }

  private void count() {
    copied.set(2 * redis.copied());
  }

  private void work() {
    String last = "0";
    int[] replies = new int[1];
    try {
      while (true) {
        last =
            redis.read(
                "s" + index,
                last,
                (id, header, content) -> replies[0] += pass(id, header, content));
        for (; replies[0] > 0; replies[0]--) {
          redis.skipReply();
        }
        count();
      }
    } catch (IOException e) {
      throw new IllegalStateException("stage " + index + " lost its connection to redis", e);
    }
  }

  /// How many replies are due.
  private int pass(String id, ByteBuffer header, ByteBuffer content) throws IOException {
    long sentNanos = header.getLong(0);
    int mask = header.getInt(Long.BYTES);
    long delayNanos = header.getLong(Long.BYTES + Integer.BYTES);
    if (work.isTouching(mask)) {
      work.touch(MemorySegment.ofBuffer(content));
    }
    work.end(sentNanos, delayNanos);
    if (work.isSink()) {
      redis.acknowledge(ACKNOWLEDGED);
    } else {
      redis.add("s" + (index + 1), header, content);
    }
    redis.delete("s" + index, id);
    return 2;
  }

  private long send(StageOrder order, int bytes, int times) throws IOException {
    byte[] random = new byte[bytes];
    new SplittableRandom(bytes).nextBytes(random);
    ByteBuffer content = ByteBuffer.allocateDirect(bytes).put(random).flip();
    ByteBuffer header = ByteBuffer.allocate(StageOrder.HEADER_BYTES);
    int window = PipelinePoint.window(bytes);
    int open = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < times; i++) {
      if (open == window) {
        redis.awaitAcknowledged(ACKNOWLEDGED);
        open--;
      }
      long nowNanos = System.nanoTime();
      StageWork.renew(MemorySegment.ofBuffer(content), nowNanos);
      order.write(nowNanos, header.clear());
      redis.add("s1", header.flip(), content);
      redis.skipReply();
      open++;
    }
    for (; open > 0; open--) {
      redis.awaitAcknowledged(ACKNOWLEDGED);
    }
    count();
    return System.nanoTime() - begin;
  }
}

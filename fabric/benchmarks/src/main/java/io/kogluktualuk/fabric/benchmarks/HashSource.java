package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.pipeline.Source;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// The source of a pipeline of ours: changes some bytes of a buffer, and sends it.
///
/// [#SENDERS] threads send, since a put waits for the memory node, where the peers' writes only
/// wait for room in a socket.
///
/// **Threading:** one thread gives orders. **Ownership:** of the source.
final class HashSource implements AutoCloseable {

  private static final int SENDERS = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Source source;
  private final boolean isCarrying;

  HashSource(Source source, boolean isCarrying) {
    this.source = source;
    this.isCarrying = isCarrying;
  }

  boolean isCarrying() {
    return isCarrying;
  }

  /// Sends so many messages and waits until the sink is done with them; returns how long it took.
  long send(StageOrder order, int bytes, int times) throws Exception {
    try (Arena arena = Arena.ofShared();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
      AtomicInteger left = new AtomicInteger(times);
      List<Future<?>> sent = new ArrayList<>();
      MemorySegment[] contents = new MemorySegment[SENDERS];
      for (int i = 0; i < SENDERS; i++) {
        contents[i] = content(arena, bytes, i);
      }
      long begin = System.nanoTime();
      for (MemorySegment content : contents) {
        sent.add(senders.submit(() -> send(order, content, left)));
      }
      for (Future<?> each : sent) {
        each.get();
      }
      if (!source.drain(PATIENCE)) {
        throw new IOException("not all of " + times + " messages were done in " + PATIENCE);
      }
      return System.nanoTime() - begin;
    }
  }

  private static MemorySegment content(Arena arena, int bytes, int seed) {
    byte[] random = new byte[bytes];
    new SplittableRandom(seed).nextBytes(random);
    return arena.allocate(bytes).copyFrom(MemorySegment.ofArray(random));
  }

  private void send(StageOrder order, MemorySegment content, AtomicInteger left) {
    while (left.getAndDecrement() > 0) {
      long nowNanos = System.nanoTime();
      StageWork.renew(content, nowNanos);
      source.send(content, HashStage.metadata(nowNanos, order), PATIENCE);
    }
  }

  @Override
  public void close() {
    source.close();
  }
}

package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;

import com.ibm.disni.verbs.IbvMr;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many connections at work at the same time.
class ManyQueuePairsTest {

  private static final int THREADS = 4;
  private static final int BYTES = 20_000;
  private static final int ROUNDS = 3;

  private static final Shape SMALL = Shape.USUAL.depth(8, 8).completions(32);

  /// One connection with its memory at both ends.
  private record Lane(
      VerbsEnd client,
      VerbsEnd server,
      MemorySegment here,
      IbvMr local,
      MemorySegment there,
      IbvMr remote) {

    static Lane open(Listening listening) throws IOException {
      VerbsEnd client = VerbsEnd.begin(listening.address(), SMALL);
      VerbsEnd server = listening.accept(client, SMALL);
      MemorySegment here = client.allocate(2L * BYTES);
      MemorySegment there = server.allocate(2L * BYTES);
      return new Lane(
          client,
          server,
          here,
          client.register(here, VerbsEnd.LOCAL),
          there,
          server.register(there, VerbsEnd.ALL_RIGHTS));
    }

    void close() throws IOException {
      client.close();
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 256})
  void queuePairsDoNotDisturbEachOther(int count) throws Exception {
    try (Listening listening = Listening.open()) {
      List<Lane> lanes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        lanes.add(Lane.open(listening));
      }
      List<Other> workers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int first = t;
        workers.add(Other.thread(() -> work(lanes, first)));
      }
      for (Other worker : workers) {
        worker.join();
      }
      for (Lane lane : lanes) {
        lane.close();
      }
    }
  }

  /// Drives every fourth lane: all of them have requests under way before the first is awaited.
  private static void work(List<Lane> lanes, int first) throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = first; i < lanes.size(); i += THREADS) {
        post(lanes.get(i), 1000L * round + i);
      }
      for (int i = first; i < lanes.size(); i += THREADS) {
        check(lanes.get(i), 1000L * round + i);
      }
    }
  }

  private static void post(Lane lane, long seed) throws IOException {
    Memory.fill(lane.here().asSlice(0, BYTES), seed);
    lane.server().receive(seed, piece(lane.remote(), BYTES, BYTES));
    lane.client()
        .post(
            VerbsEnd.write(1, lane.remote(), 0, piece(lane.local(), 0, BYTES)),
            VerbsEnd.read(2, lane.remote(), 0, piece(lane.local(), BYTES, BYTES)),
            VerbsEnd.send(3, piece(lane.local(), 0, BYTES)));
  }

  private static void check(Lane lane, long seed) throws IOException {
    MemorySegment expected = Memory.fill(MemorySegment.ofArray(new byte[BYTES]), seed);
    Check.success(lane.server(), seed);
    for (int id = 1; id <= 3; id++) {
      Check.success(lane.client(), id);
    }
    Memory.assertSame(expected, lane.here().asSlice(BYTES), BYTES);
    Memory.assertSame(expected, lane.there(), BYTES);
    Memory.assertSame(expected, lane.there().asSlice(BYTES), BYTES);
  }
}

package io.kogluktualuk.computenode.runtime.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Long ways of waits from what came from a peer to what it was handed.
@Timeout(120)
class NewsTest {

  private static final RunId RUN = new RunId(1, 2);

  private final WaitGraph graph = new WaitGraph();
  private final LinkedBlockingQueue<WaitNews> told = new LinkedBlockingQueue<>();
  private final Set<Hash> stored = new HashSet<>();
  private final News news = new News(new Listening(), RUN, graph, stored::addAll);

  private record Subject(Hash key, CompletableFuture<FabricException> end) implements News.Subject {
    @Override
    public void giveUp(FabricException reason) {
      end.complete(reason);
    }
  }

  private final class Listening implements Peer {
    @Override
    public String name() {
      return "listening";
    }

    @Override
    public void tell(WaitNews waits) {
      told.add(waits);
    }

    @Override
    public ExecuteReply execute(ExecuteRequest request, Deadline deadline) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Progress progress(RunId run) {
      return Progress.UNKNOWN;
    }

    @Override
    public Progress share(RunId run) {
      return Progress.UNKNOWN;
    }

    @Override
    public void cancel(RunId run) {}

    @Override
    public void drop(HandedOver handed) {}
  }

  private static Hash key(int number) {
    return Hash.of(ByteBuffer.allocate(4).putInt(number).array());
  }

  /// From 0, which has come from a peer, to the last.
  private List<Wait> way(int length) {
    graph.addChain(List.of(), key(0));
    List<Wait> waits = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      waits.add(new Wait(key(i), key(i + 1)));
    }
    graph.learn(waits);
    return waits;
  }

  private Subject hand(int number) {
    Subject subject = new Subject(key(number), new CompletableFuture<>());
    news.add(subject);
    return subject;
  }

  private Set<Wait> hear(int count) throws InterruptedException {
    Set<Wait> heard = new HashSet<>();
    while (heard.size() < count) {
      WaitNews message = told.take();
      assertEquals(RUN, message.run());
      for (Wait wait : message.waits()) {
        assertTrue(heard.add(wait), "told twice: " + wait);
      }
    }
    return heard;
  }

  @Test
  void aLongWayIsToldInPartsAndOnce() throws InterruptedException {
    List<Wait> way = way(1_000);
    Subject last = hand(1_000);
    assertEquals(Set.copyOf(way), hear(1_000));
    for (Wait wait : way) {
      assertTrue(stored.contains(wait.waiting()), "it can be named there: " + wait.waiting());
    }
    // Only what is new is told then.
    List<Wait> more = List.of(new Wait(key(2_000), key(0)));
    graph.learn(more);
    assertEquals(Set.copyOf(more), hear(1));
    assertTrue(news.remove(last));
  }

  @Test
  void afterAnAnswerAllIsToldAgain() throws InterruptedException {
    List<Wait> way = way(700);
    Subject first = hand(700);
    hear(700);
    Subject second = hand(600);
    news.remove(first);
    assertEquals(Set.copyOf(way.subList(0, 600)), hear(600));
    assertTrue(news.remove(second));
  }

  @Test
  void whatIsTooLongEndsWithAClearError() {
    way(News.WAITS_MAX + 1);
    Subject last = hand(News.WAITS_MAX + 1);
    FabricException end = last.end.join();
    assertTrue(end instanceof Refused, end.toString());
    assertTrue(end.toString().contains("more than 65536 transactions of run"), end.toString());
    assertTrue(news.remove(last));
  }
}

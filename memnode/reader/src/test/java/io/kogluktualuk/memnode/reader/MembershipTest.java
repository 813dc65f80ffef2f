package io.kogluktualuk.memnode.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MembershipTest {

  private static final List<MemoryNode> ONE =
      List.of(new MemoryNode("a", InetSocketAddress.createUnresolved("host", 1), 1));

  @Test
  void isAskedOnceWhileTheAnswerIsFresh() {
    AtomicInteger asked = new AtomicInteger();
    Supplier<List<MemoryNode>> source =
        () -> {
          asked.incrementAndGet();
          return ONE;
        };
    Membership fresh = new Membership(source, Duration.ofHours(1));
    assertSame(fresh.current(), fresh.current());
    assertEquals(1, asked.get());
    Membership stale = new Membership(source, Duration.ZERO);
    assertSame(stale.current(), stale.current(), "equal answers keep their links");
    assertEquals(3, asked.get());
  }

  @Test
  void theLastAnswerHoldsWhileTheSourceIsAway() {
    AtomicReference<List<MemoryNode>> answer = new AtomicReference<>(List.of());
    AtomicInteger failures = new AtomicInteger();
    Membership membership =
        new Membership(
            () -> {
              if (failures.get() > 0) {
                throw new Unavailable("the control plane is away");
              }
              return answer.get();
            },
            Duration.ZERO);
    failures.set(1);
    assertThrows(Unavailable.class, membership::current);
    failures.set(0);
    answer.set(ONE);
    assertEquals(ONE, membership.current().nodes());
    failures.set(1);
    assertEquals(ONE, membership.current().nodes());
    failures.set(0);
    answer.set(List.of());
    assertEquals(List.of(), membership.current().nodes());
  }
}

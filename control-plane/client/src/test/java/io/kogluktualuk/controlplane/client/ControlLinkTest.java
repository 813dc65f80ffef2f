package io.kogluktualuk.controlplane.client;

import static io.kogluktualuk.controlplane.client.ScriptedNodes.ONCE;
import static io.kogluktualuk.controlplane.client.ScriptedNodes.SAFE;
import static io.kogluktualuk.controlplane.client.ScriptedNodes.addresses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.client.ScriptedNodes.Mood;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ControlLinkTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(600);

  private final ScriptedNodes nodes = new ScriptedNodes();
  private final RandomGenerator random = new SplittableRandom(1);

  private ControlLink link(int... ports) {
    return new ControlLink(addresses(ports), nodes::open, Duration.ofMillis(5), random);
  }

  private static String call(ControlLink link, Method<String, String> method, Duration time) {
    return link.call(method, "", Deadline.after(time));
  }

  @Test
  void staysWithTheNodeThatAnswers() {
    try (ControlLink link = link(1, 2, 3)) {
      nodes.set(1, Mood.GONE);
      assertEquals("2", call(link, SAFE, LONG));
      nodes.set(1, Mood.WELL);
      assertEquals("2", call(link, SAFE, LONG));
      assertEquals(List.of(1, 2, 2), nodes.asked());
    }
    assertEquals(3, nodes.closed().size());
  }

  @Test
  void passesByNodesThatAreGoneClosingOrHang() {
    try (ControlLink link = link(1, 2, 3, 4)) {
      nodes.set(1, Mood.GONE);
      nodes.set(2, Mood.CLOSING);
      nodes.set(3, Mood.HANGING);
      assertEquals("4", call(link, SAFE, LONG));
      assertEquals(List.of(1, 2, 3, 4), nodes.asked());
    }
  }

  @Test
  void goesRoundUntilSomebodyIsThere() {
    try (ControlLink link = link(1, 2)) {
      nodes.set(1, Mood.GONE);
      nodes.set(2, Mood.GONE);
      Thread helper =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (nodes.asked().size() < 6) {
                      Thread.onSpinWait();
                      Thread.yield();
                    }
                    nodes.set(1, Mood.WELL);
                  });
      assertEquals("1", call(link, SAFE, LONG));
      helper.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void tellsTheLastFaultAtTheDeadline() {
    try (ControlLink link = link(1, 2)) {
      nodes.set(1, Mood.GONE);
      nodes.set(2, Mood.GONE);
      Unavailable gone = assertThrows(Unavailable.class, () -> call(link, SAFE, SHORT));
      assertTrue(gone.getSuppressed().length > 0, "it hides what the other node said");
    }
  }

  @Test
  void aLoneNodeHasAllTheTime() {
    try (ControlLink link = link(1)) {
      nodes.set(1, Mood.HANGING);
      assertThrows(DeadlineExceeded.class, () -> call(link, SAFE, SHORT));
      assertEquals(List.of(1), nodes.asked());
    }
  }

  @Test
  void whatMayNotHappenTwiceIsSentOnce() {
    try (ControlLink link = link(1, 2)) {
      nodes.set(1, Mood.GONE);
      assertThrows(Unavailable.class, () -> call(link, ONCE, LONG));
      assertEquals(List.of(1), nodes.asked());
      assertEquals("2", call(link, ONCE, LONG));
    }
  }

  @Test
  void asksTheLeaderFirstWhenTold() {
    try (ControlLink link = link(1, 2, 3)) {
      link.prefer(addresses(3).getFirst());
      link.prefer(addresses(9).getFirst());
      assertEquals("3", call(link, SAFE, LONG));
    }
  }

  @Test
  void learnsWhereTheNodesAre() {
    try (ControlLink link = link(1, 2)) {
      link.learn(addresses(2, 3));
      link.learn(addresses(2, 4));
      assertEquals(List.of(3), nodes.closed());
      assertEquals(addresses(1, 2, 4), link.addresses());
      nodes.set(1, Mood.GONE);
      nodes.set(2, Mood.GONE);
      assertEquals("4", call(link, SAFE, LONG));
    }
    assertThrows(IllegalArgumentException.class, () -> link());
  }

  @Test
  void aClosedLinkSaysSo() {
    ControlLink link = link(1);
    link.close();
    assertThrows(AlreadyClosed.class, () -> call(link, SAFE, LONG));
  }
}

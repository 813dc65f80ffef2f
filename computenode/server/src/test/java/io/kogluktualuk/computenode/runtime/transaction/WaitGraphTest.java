package io.kogluktualuk.computenode.runtime.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is told to other nodes.
class WaitGraphTest {

  private final WaitGraph graph = new WaitGraph();

  private static Hash key(String name) {
    return Hash.of(name.getBytes(StandardCharsets.UTF_8));
  }

  private static Wait wait(String waiting, String target) {
    return new Wait(key(waiting), key(target));
  }

  @Test
  void onlyWaysFromOutsideAreTold() {
    List<Wait> chain = graph.addChain(List.of(key("there")), key("in"));
    assertEquals(Set.of(), graph.waitsFor(List.of(key("out"))));
    List<Wait> learned = List.of(wait("in", "middle"), wait("middle", "out"));
    graph.learn(learned);
    assertEquals(
        Set.of(wait("there", "in"), wait("in", "middle"), wait("middle", "out")),
        graph.waitsFor(List.of(key("out"))));
    graph.forget(learned);
    assertEquals(Set.of(), graph.waitsFor(List.of(key("out"))));
    assertEquals(Set.of(wait("there", "in")), graph.waitsFor(List.of(key("in"))));
    graph.leave(key("in"), chain);
    assertEquals(Set.of(), graph.waitsFor(List.of(key("in"))));
  }
}

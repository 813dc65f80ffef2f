package io.kogluktualuk.controlplane.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class RootNameTest {

  @Test
  void namesArePaths() {
    for (String good : List.of("a", "releases/v1", "a/b/c.d_e-f+g@h", "9", "x".repeat(255))) {
      assertEquals(good, new RootName(good).toString());
    }
    for (String bad :
        List.of("", "/", "/a", "a/", "a//b", ".", "a/../b", "a b", "ä", "a\n", "x".repeat(256))) {
      assertThrows(InvalidArgument.class, () -> new RootName(bad), bad);
    }
  }

  @Test
  void requestsAreCountedFromOne() {
    RequestIds ids = new RequestIds(RandomGeneratorFactory.of("L64X128MixRandom").create(7));
    assertEquals(1, ids.next().sequence());
    assertEquals(2, ids.next().sequence());
    assertEquals(ids.next().clientHigh(), ids.next().clientHigh());
  }
}

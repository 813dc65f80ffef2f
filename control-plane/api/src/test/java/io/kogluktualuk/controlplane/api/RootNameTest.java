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
    for (String good :
        List.of("a", "releases/v1", "a/b/c.d_e-f+g@h", "9", "x".repeat(255), "t:a/b")) {
      assertEquals(good, new RootName(good).toString());
    }
    for (String bad :
        List.of(
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "a/../b",
            "a b",
            "ä",
            "a\n",
            "x".repeat(256),
            ":a",
            "t:",
            "T:a",
            "a:b:c",
            "a/b:c",
            "default:a",
            "x".repeat(33) + ":a")) {
      assertThrows(InvalidArgument.class, () -> new RootName(bad), bad);
    }
  }

  @Test
  void rootsAreTheirTenants() {
    assertEquals(new RootName("releases/v1"), RootName.of("default", "releases/v1"));
    RootName trades = RootName.of("trades", "releases/v1");
    assertEquals("trades:releases/v1", trades.text());
    assertEquals("trades", trades.tenant());
    assertEquals("releases/v1", trades.path());
    assertEquals("default", new RootName("releases/v1").tenant());
    assertEquals("releases/v1", new RootName("releases/v1").path());
    assertThrows(InvalidArgument.class, () -> RootName.of("default", "trades:v1"));
    assertThrows(InvalidArgument.class, () -> RootName.of("trades", "others:v1"));
    assertThrows(InvalidArgument.class, () -> RootName.of("Trades", "v1"));
  }

  @Test
  void requestsAreCountedFromOne() {
    RequestIds ids = new RequestIds(RandomGeneratorFactory.of("L64X128MixRandom").create(7));
    assertEquals(1, ids.next().sequence());
    assertEquals(2, ids.next().sequence());
    assertEquals(ids.next().clientHigh(), ids.next().clientHigh());
  }
}

package io.kogluktualuk.fabric.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import org.junit.jupiter.api.Test;

final class NamePathTest {

  @Test
  void isNormalised() {
    assertEquals("/a/c", NamePath.parse("//a/./b/../c/").toString());
    assertEquals("/", NamePath.parse("/../..").toString());
    assertEquals("/tmp/x", NamePath.parse("/tmp").resolve("x").toString());
    assertEquals("/x", NamePath.parse("/tmp").resolve("/x").toString());
    assertEquals("/a", NamePath.parse("/a/b").parent().toString());
  }

  @Test
  void knowsWhatIsBelow() {
    assertTrue(NamePath.parse("/tmp/x").startsWith(NamePath.parse("/tmp")));
    assertFalse(NamePath.parse("/tmpx").startsWith(NamePath.parse("/tmp")));
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(InvalidArgument.class, () -> NamePath.parse("a/b"));
    assertThrows(InvalidArgument.class, () -> NamePath.parse("/a\0b"));
    assertThrows(InvalidArgument.class, () -> NamePath.parse("/" + "x".repeat(256)));
    assertThrows(InvalidArgument.class, () -> NamePath.parse("/x".repeat(NamePath.DEPTH_MAX + 1)));
  }
}

package io.kogluktualuk.fabric.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.Test;

final class FabricExceptionTest {

  @Test
  void everyKindTravelsByItsTag() {
    for (int tag = 1; tag <= 12; tag++) {
      FabricException exception = FabricException.ofTag(tag, "what");
      assertEquals(tag, exception.tag());
      assertEquals("what", exception.getMessage());
    }
    assertInstanceOf(Unavailable.class, FabricException.ofTag(99, "from the future"));
  }
}

package io.kogluktualuk.controlplane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The checker finds what it is for.
class MemoHistoryTest {

  private final MemoHistory history = new MemoHistory();

  @Test
  void aMissDuringARecordIsFine() {
    long began = history.now();
    history.acknowledged(1);
    history.lookedUp(1, began, false);
    history.lookedUp(1, history.now(), true);
    assertEquals(List.of(), history.violations());
  }

  @Test
  void aMissAfterTheAcknowledgementIsFound() {
    history.acknowledged(1);
    history.lookedUp(1, history.now(), false);
    assertEquals(1, history.violations().size());
  }

  @Test
  void aMissAfterAHitIsFoundThoughNobodyHeardOfTheRecord() {
    history.lookedUp(1, history.now(), true);
    history.lookedUp(1, history.now(), false);
    assertEquals(1, history.violations().size());
  }
}

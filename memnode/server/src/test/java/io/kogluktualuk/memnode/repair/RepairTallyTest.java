package io.kogluktualuk.memnode.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RepairTallyTest {

  @Test
  void saysWhatPeopleWantToKnow() {
    RepairTally tally = new RepairTally();
    tally.copied(10, true);
    tally.restored();
    RepairTally.Round round = tally.begin();
    round.missing = 3;
    round.left = 1;
    round.leftBytes = 70;
    tally.end(round, true);
    assertEquals(
        "repair: 1 blobs copied, 1 restored, 3 copies missing, 70 bytes to hand over",
        tally.status().line());
    tally.end(tally.begin(), true);
    assertEquals(
        "repair: 1 blobs copied, 1 restored, 0 copies missing, drained", tally.status().line());
  }
}

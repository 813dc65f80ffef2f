package io.kogluktualuk.controlplane.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class FencesTest {

  private static Fences of(TreeSet<Long> living, long issued) {
    long floor = living.isEmpty() ? issued + 1 : living.first();
    List<TokenRange> ranges = new ArrayList<>();
    long dead = 0;
    for (long token = floor; token <= issued + 1; token++) {
      boolean isDead = token <= issued && !living.contains(token);
      if (isDead && dead == 0) {
        dead = token;
      } else if (!isDead && dead != 0) {
        ranges.add(new TokenRange(dead, token - 1));
        dead = 0;
      }
    }
    return new Fences(floor, issued, ranges);
  }

  @Test
  void fencesOfOneLogJoinToTheLaterOnes() {
    Seeds.run(
        FencesTest.class,
        200,
        random -> {
          TreeSet<Long> living = new TreeSet<>();
          List<Fences> history = new ArrayList<>();
          long issued = 0;
          for (int step = 0; step < 60; step++) {
            if (living.isEmpty() || random.nextInt(5) < 3) {
              living.add(++issued);
            } else {
              living.remove(List.copyOf(living).get(random.nextInt(living.size())));
            }
            Fences now = of(living, issued);
            history.add(now);
            for (long token = 1; token <= issued; token++) {
              assertEquals(!living.contains(token), now.isDead(token), "token " + token);
            }
            assertFalse(now.isDead(issued + 1), "it is newer than the fences");
            Fences before = history.get(random.nextInt(history.size()));
            assertEquals(now, now.joinedWith(before));
            assertEquals(now, before.joinedWith(now));
          }
        });
  }

  @Test
  void noFencesRefuseNothing() {
    assertFalse(Fences.NONE.isDead(1));
    assertTrue(Fences.NONE.isDead(0));
  }
}

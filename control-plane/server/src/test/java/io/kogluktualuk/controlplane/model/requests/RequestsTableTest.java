package io.kogluktualuk.controlplane.model.requests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.Refused;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestsTableTest {

  private final RequestsTable table = new RequestsTable(3, 10_000);

  private static RequestId id(long client, long sequence) {
    return new RequestId(0, client, sequence);
  }

  private void answered(long client, long sequence, long atMillis, int bytes) {
    table.replay(new Answered(id(client, sequence), atMillis, new byte[bytes]));
  }

  @Test
  void theLastAnswersAreRememberedAndOlderOnesRefused() {
    assertNull(table.answerTo(id(1, 5)));
    answered(1, 1, 0, 7);
    answered(1, 3, 0, 9);
    assertArrayEquals(new byte[7], table.answerTo(id(1, 1)));
    assertNull(table.answerTo(id(1, 2)), "it came out of order and is to be done");
    answered(1, RequestId.WINDOW + 1, 0, 1);
    assertThrows(Refused.class, () -> table.answerTo(id(1, 1)));
    assertNull(table.answerTo(id(1, 2)));
    assertArrayEquals(new byte[9], table.answerTo(id(1, 3)));
    answered(1, Long.MAX_VALUE, 0, 1);
    assertThrows(Refused.class, () -> table.answerTo(id(1, 3)));
  }

  @Test
  void theLongestSilentIsForgotten() {
    for (int client = 1; client <= 3; client++) {
      answered(client, 1, client, 1);
    }
    answered(1, 2, 4, 1);
    answered(4, 1, 5, 1);
    assertEquals(3, table.size());
    assertNull(table.answerTo(id(2, 1)));
    assertArrayEquals(new byte[1], table.answerTo(id(1, 1)));
  }

  @Test
  void clientsExpireByTheLogsTime() {
    answered(1, 1, 1000, 1);
    answered(2, 1, 1000 + RequestsTable.EXPIRY_MILLIS, 1);
    assertEquals(2, table.size());
    answered(2, 2, 1001 + RequestsTable.EXPIRY_MILLIS, 1);
    assertEquals(1, table.size());
  }

  @Test
  void answersHaveABoundInBytes() {
    answered(1, 1, 0, 6000);
    answered(2, 1, 0, 6000);
    assertNull(table.answerTo(id(1, 1)));
    answered(3, 1, 0, 20_000);
    assertEquals(1, table.size(), "the one that was just answered is always remembered");
  }

  @Test
  void aFrozenTableIsTheSameAgainWithItsOrder() {
    for (int i = 0; i < 20; i++) {
      answered(i * 7 % 5, i + 1, i, 10);
    }
    RequestsTable again = new RequestsTable(3, 10_000);
    again.replay(Answered.read(new CanonicalReader("x", frozen(table).getFirst())));
    again.clear();
    for (byte[] change : frozen(table)) {
      again.replay(Answered.read(new CanonicalReader("x", change)));
    }
    List<byte[]> one = frozen(table);
    List<byte[]> other = frozen(again);
    assertEquals(one.size(), other.size());
    for (int i = 0; i < one.size(); i++) {
      assertArrayEquals(one.get(i), other.get(i));
    }
  }

  private static List<byte[]> frozen(RequestsTable table) {
    List<byte[]> changes = new ArrayList<>();
    table.freeze().accept(changes::add);
    return changes;
  }
}

package io.kogluktualuk.memnode.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.hash.Hash;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RendezvousTest {

  private static final int BLOBS = 20_000;

  private static MemoryNode node(String id, int weight) {
    return new MemoryNode(id, InetSocketAddress.createUnresolved("host", 1), weight);
  }

  private static Hash hash(int i) {
    return Hash.of(new byte[] {(byte) i, (byte) (i >> 8), (byte) (i >> 16)});
  }

  private static Map<String, Integer> shares(List<MemoryNode> nodes) {
    Rendezvous rendezvous = new Rendezvous(nodes);
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < BLOBS; i++) {
      shares.merge(rendezvous.order(hash(i)).getFirst().id(), 1, Integer::sum);
    }
    return shares;
  }

  @Test
  void sharesFollowTheWeights() {
    Map<String, Integer> shares =
        shares(List.of(node("a", 1), node("b", 2), node("c", 1), node("d", 0)));
    assertEquals(0.25, shares.getOrDefault("a", 0) / (double) BLOBS, 0.02);
    assertEquals(0.50, shares.getOrDefault("b", 0) / (double) BLOBS, 0.02);
    assertEquals(0.25, shares.getOrDefault("c", 0) / (double) BLOBS, 0.02);
    assertEquals(0, shares.getOrDefault("d", 0));
  }

  @Test
  void onlyTheBlobsOfALostNodeMove() {
    List<MemoryNode> five = new ArrayList<>();
    for (String id : List.of("a", "b", "c", "d", "e")) {
      five.add(node(id, 3));
    }
    Rendezvous before = new Rendezvous(five);
    Rendezvous after = new Rendezvous(five.subList(0, 4));
    for (int i = 0; i < 2000; i++) {
      List<MemoryNode> expected = new ArrayList<>(before.order(hash(i)));
      expected.removeIf(node -> node.id().equals("e"));
      assertEquals(expected, after.order(hash(i)));
    }
  }

  @Test
  void theOrderOfTheMembersDoesNotMatter() {
    List<MemoryNode> nodes = List.of(node("a", 1), node("b", 1), node("c", 5));
    Rendezvous one = new Rendezvous(nodes);
    Rendezvous other = new Rendezvous(nodes.reversed());
    for (int i = 0; i < 500; i++) {
      assertEquals(one.order(hash(i)), other.order(hash(i)));
    }
  }

  @Test
  void placesStayWhereTheyAreFromReleaseToRelease() {
    Rendezvous rendezvous =
        new Rendezvous(List.of(node("node-1", 1), node("node-2", 1), node("node-3", 2)));
    StringBuilder places = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      places.append(rendezvous.order(hash(i)).getFirst().id().charAt(5));
    }
    assertEquals("2133132332312223", places.toString());
  }
}

package io.kogluktualuk.memnode.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.Allotments;
import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.model.ControlEntry;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.Envelope;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.controlplane.model.roots.RootsTable;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.memnode.api.CreditsStatus;
import io.kogluktualuk.memnode.reader.Placement;
import io.kogluktualuk.memnode.repair.ResidentPages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What has been promised to whom, and whether it is kept: looked at after every event.
///
/// **Threading:** one thread.
final class Truth {

  /// Every so many events all sources of all nodes are looked at, and not only those of nodes
  /// that were called.
  private static final int ALL_EVERY = 8;

  /// What one node, by the id that it has now, has said.
  private static final class Word {
    /// Blobs that it has acknowledged as sources, and whether that was durable.
    private final Map<Hash, Boolean> sources = new HashMap<>();

    /// When somebody last put a source here because he needs it.
    private final Map<Hash, Long> keptAt = new HashMap<>();

    private Fences fences = Fences.NONE;
    private SimulatedMemoryNode.@Nullable Process process;

    /// Whether it was no member, and has not heard yet what it has since.
    private boolean isStranger;

    /// What it had charged when it heard.
    private long chargedAsStranger;
  }

  private final SimulatedFabric fabric;
  private final ControlMachine agreed = new ControlMachine();
  private final Map<RequestId, byte[]> replies = new HashMap<>();
  private final Map<NodeId, Word> words = new HashMap<>();
  private final Map<Hash, Blob> blobs = new HashMap<>();
  private final List<Hash> known = new ArrayList<>();
  private final Set<Hash> durable = new HashSet<>();

  /// Sources that have been on some device and on none that was taken away.
  private final Set<Hash> onDevices = new HashSet<>();
  private final Map<Hash, Set<NodeId>> published = new HashMap<>();
  private final Map<Hash, Outcome> outcomes = new HashMap<>();
  private final Set<SimulatedMemoryNode> dirty = new HashSet<>();
  private Fences fences = Fences.NONE;
  private long rootChanges;
  private int entries;
  private int events;

  Truth(SimulatedFabric fabric) {
    this.fabric = fabric;
  }

  private Word word(SimulatedMemoryNode node) {
    return words.computeIfAbsent(node.id(), _ -> new Word());
  }

  /// The state that the log gives.
  ControlMachine agreed() {
    return agreed;
  }

  // What is said.

  /// A blob that has been put once.
  @Nullable Blob blob(Hash hash) {
    return blobs.get(hash);
  }

  void know(Blob blob) {
    if (blobs.put(blob.hash(), blob) == null) {
      known.add(blob.hash());
    }
  }

  Hash anyHash(RandomGenerator random) {
    return known.isEmpty() ? Hash.of(new byte[0]) : known.get(random.nextInt(known.size()));
  }

  void touched(SimulatedMemoryNode node) {
    dirty.add(node);
  }

  /// A node has let somebody do something under a lease.
  void accepted(SimulatedMemoryNode node, LeaseProof proof) {
    Fences heard = word(node).fences;
    assertFalse(
        heard.isDead(proof.token()),
        () -> node.name() + " has taken token " + proof.token() + ", which it knows is dead");
  }

  /// A node has acknowledged a source.
  void stored(SimulatedMemoryNode node, Blob blob, boolean isDurable) {
    know(blob);
    noticeStart(node);
    word(node).sources.merge(blob.hash(), isDurable, Boolean::logicalOr);
    if (isDurable) {
      synced(node);
    }
    touched(node);
  }

  /// What a node has is on its device.
  void synced(SimulatedMemoryNode node) {
    noticeStart(node);
    word(node).sources.replaceAll((_, _) -> true);
    onDevices.addAll(word(node).sources.keySet());
  }

  /// Somebody has put a source who needs it from then on, be it there or not.
  void kept(SimulatedMemoryNode node, Hash hash) {
    word(node).keptAt.put(hash, fabric.time().now());
  }

  /// A put to all its replicas was acknowledged as durable.
  void acknowledged(Hash hash) {
    durable.add(hash);
  }

  /// A node is about to treat a copy as one too many: those that it counts on are on devices.
  void surplus(SimulatedMemoryNode node, Hash hash, Set<String> others) {
    word(node).sources.remove(hash);
    word(node).keptAt.remove(hash);
    for (String other : others) {
      assertTrue(
          isOnDevice(fabric.node(other), hash),
          () -> node.name() + " gives up " + hash + ", which " + other + " may lose");
    }
  }

  private boolean isOnDevice(SimulatedMemoryNode node, Hash hash) {
    return word(node).sources.getOrDefault(hash, false);
  }

  /// A draining node says that it may go.
  void drained(SimulatedMemoryNode node) {
    for (Hash hash : word(node).sources.keySet()) {
      assertTrue(
          !durable.contains(hash)
              || fabric.nodes().stream()
                  .anyMatch(other -> other != node && isOnDevice(other, hash)),
          () -> node.name() + " wants to go, and nobody else keeps " + hash);
    }
  }

  // What is remembered.

  /// Whether a lookup that begins now must hit.
  boolean isKnown(Hash key) {
    return outcomes.containsKey(key);
  }

  /// A record was acknowledged, or a lookup has hit.
  void known(Hash key, Outcome outcome) {
    Outcome before = outcomes.putIfAbsent(key, outcome);
    assertTrue(before == null || before.equals(outcome), () -> key + " has two outcomes");
  }

  /// A blob that somebody was just told he can rely on.
  void reliedOn(Hash hash, String node) {
    assertTrue(has(fabric.node(node), hash), () -> node + " does not have " + hash);
  }

  /// A root names a blob that its client relies on being held at these nodes.
  void published(Hash hash, Set<NodeId> nodes) {
    published.put(hash, nodes);
  }

  void unpublished(Hash hash) {
    published.remove(hash);
  }

  /// A node knows what it will collect: no copy of that is missing anywhere from now on.
  void condemned(SimulatedMemoryNode node) {
    ResidentPages pages = new ResidentPages(node.process().store, node.process().keeping);
    node.disk().hashes().stream()
        .filter(hash -> pages.copyAge(hash) == null)
        .forEach(durable::remove);
  }

  /// A node has collected these.
  ///
  /// @param heardAt when all nodes had heard of the generation
  void collected(SimulatedMemoryNode node, Set<Hash> gone, long heardAt) {
    for (Hash hash : gone) {
      long keptAt = word(node).keptAt.getOrDefault(hash, 0L);
      assertTrue(
          keptAt <= heardAt,
          () -> node.name() + " has collected " + hash + ", put since the mark began");
      Set<NodeId> at = published.getOrDefault(hash, Set.of());
      assertFalse(at.contains(node.id()), () -> node.name() + " has collected what a root reaches");
      word(node).sources.remove(hash);
      durable.remove(hash);
    }
  }

  void replaced(SimulatedMemoryNode node) {
    words.remove(node.id());
    onDevices.removeIf(hash -> fabric.nodes().stream().noneMatch(each -> isOnDevice(each, hash)));
    published.values().forEach(nodes -> nodes.remove(node.id()));
  }

  /// Whether everything durable that a node has is on another disk, too.
  boolean isElsewhere(SimulatedMemoryNode node) {
    Set<Hash> others = new HashSet<>();
    for (SimulatedMemoryNode other : fabric.nodes()) {
      if (!other.isUp()) {
        return false;
      }
      if (other != node) {
        word(other)
            .sources
            .forEach(
                (hash, isDurable) -> {
                  if (isDurable) {
                    others.add(hash);
                  }
                });
      }
    }
    return others.containsAll(durable);
  }

  // Whether it is kept.

  void check() {
    follow();
    events++;
    for (SimulatedMemoryNode node : fabric.nodes()) {
      if (node.isUp()) {
        check(node, events % ALL_EVERY == 0 || dirty.contains(node));
      }
    }
    dirty.clear();
  }

  /// @param isAll whether to look at all sources; one that has gone stays away
  private void check(SimulatedMemoryNode node, boolean isAll) {
    Word word = word(node);
    noticeStart(node);
    Fences now = node.process().fences.fences();
    word.fences = word.fences.joinedWith(now);
    assertEquals(word.fences.floor(), now.floor(), "a node has forgotten dead tokens");
    assertEquals(word.fences.revoked(), now.revoked(), "a node has forgotten dead tokens");
    for (Hash hash : isAll ? word.sources.keySet() : Set.<Hash>of()) {
      assertTrue(has(node, hash), () -> node.name() + " has let go of source " + hash);
    }
    for (SimulatedClient client : fabric.clients()) {
      for (Hash hash : client.promised(node.id().toString())) {
        boolean isHeld = has(node, hash) && node.process().holds(client.leaseId(), hash);
        if (!isHeld) {
          assertTrue(
              !has(node, hash) && node.lostByStop().contains(hash),
              () ->
                  node.name()
                      + " has let go of "
                      + hash
                      + ", held by "
                      + client.name()
                      + ", "
                      + client.lease()
                      + "; the node knows "
                      + now
                      + ", the log "
                      + fences);
        }
      }
    }
    checkCredits(node);
  }

  /// It may have started since it was last looked at, as all do when the faults end: what it says
  /// from then on is not about what it lost before.
  private void noticeStart(SimulatedMemoryNode node) {
    Word word = word(node);
    if (word.process != node.process()) {
      word.process = node.process();
      word.isStranger = false;
      word.chargedAsStranger = 0;
      word.keptAt.keySet().removeIf(hash -> !has(node, hash)); // a copy that comes back may be old
      checkStart(node, word);
    }
  }

  private static boolean has(SimulatedMemoryNode node, Hash hash) {
    return node.process().store.locate(hash) != null;
  }

  /// After a start, what was durable is there, and everything that is there has the right bytes.
  private void checkStart(SimulatedMemoryNode node, Word word) {
    word.sources
        .entrySet()
        .removeIf(
            each -> {
              boolean isHere = has(node, each.getKey());
              assertTrue(
                  isHere || !each.getValue(),
                  () -> node.name() + " has lost durable " + each.getKey());
              return !isHere;
            });
    for (Hash hash : node.disk().hashes()) {
      byte[] bytes = node.disk().read(hash);
      assertEquals(hash, Hash.of(bytes == null ? new byte[0] : bytes), "wrong bytes");
    }
  }

  /// A node that was taken from the members has nothing that counts; when it is one again it hears
  /// so, and what it charges then is counted as it is, as after a start.
  private boolean isStranger(SimulatedMemoryNode node) {
    Word word = word(node);
    List<CreditsStatus.Row> rows = node.process().door.status().rows();
    word.isStranger |= !agreed.members().contains(node.id());
    if (word.isStranger && agreed.members().contains(node.id())) {
      word.isStranger =
          rows.stream().anyMatch(row -> row.allottedBytes() > part(row.account(), node.id()));
      word.chargedAsStranger = rows.stream().mapToLong(CreditsStatus.Row::chargedBytes).sum();
    }
    return word.isStranger;
  }

  private void checkCredits(SimulatedMemoryNode node) {
    if (isStranger(node)) {
      return;
    }
    long atFirst = Math.max(node.process().chargedAtStart, word(node).chargedAsStranger);
    long charged = 0;
    for (CreditsStatus.Row row : node.process().door.status().rows()) {
      long most = Math.max(row.allottedBytes(), atFirst);
      assertTrue(
          row.chargedBytes() <= most,
          () -> node.name() + " charges " + row + " beyond its allotment");
      assertTrue(
          row.allottedBytes() <= part(row.account(), node.id()),
          () -> node.name() + " believes in " + row + ", has " + part(row.account(), node.id()));
      charged += row.chargedBytes();
    }
    long all = charged;
    assertTrue(
        all <= Math.max(SimulatedMemoryNode.ROOM_BYTES, atFirst),
        () -> node.name() + " charges " + all);
  }

  private long part(Account account, NodeId node) {
    for (Allotments.Part part : agreed.credits().parts(account, null, 100)) {
      if (part.node().equals(node)) {
        return part.bytes();
      }
    }
    return 0;
  }

  /// Reads on in the log.
  private void follow() {
    for (byte[] entry : fabric.control().cluster().agreedSince(entries)) {
      entries++;
      List<Reply> answers = Reply.decode(agreed.apply(entries, entry));
      List<Proposal> proposals = ControlEntry.of(entry).proposals();
      for (int i = 0; i < answers.size(); i++) {
        if (proposals.get(i).table() == Envelope.NUMBER) {
          checkOnce(proposals.get(i), answers.get(i));
        }
      }
      checkTables();
    }
  }

  /// One request, one effect, one reply.
  private void checkOnce(Proposal enveloped, Reply answer) {
    CanonicalReader reader = new CanonicalReader("envelope", enveloped.command());
    if (!reader.bool()) {
      return;
    }
    RequestId request = RequestId.CODEC.read(reader);
    reader.text(1000, "who");
    Proposal command = Proposal.CODEC.read(reader);
    byte[] bytes = Reply.encode(List.of(answer));
    byte[] before = replies.putIfAbsent(request, bytes);
    if (before != null) {
      assertArrayEquals(before, bytes, () -> request + " was answered twice, differently");
    } else if (command.table() == RootsTable.NUMBER && answer instanceof Reply.Done(byte[] reply)) {
      rootChanges++;
      assertEquals(rootChanges, RootsTable.readReply(reply), "a revision was given twice");
    }
  }

  private void checkTables() {
    assertEquals(rootChanges, agreed.roots().revision(), "a root changed without a request");
    Fences now = agreed.leases().fences();
    assertEquals(now, now.joinedWith(fences), "a dead token lives");
    fences = now;
    for (Accounts.Row row : agreed.credits().page(null, 100)) {
      long sum =
          agreed.credits().parts(row.account(), null, 100).stream()
              .mapToLong(Allotments.Part::bytes)
              .sum();
      assertEquals(row.allottedBytes(), sum);
      assertTrue(sum <= row.limitBytes(), () -> "more is allotted than allowed: " + row);
    }
  }

  // Once the faults are over.

  /// Everybody is back, and so is every copy.
  void checkRepaired() {
    for (SimulatedMemoryNode node : fabric.nodes()) {
      assertEquals(
          MemberState.ACTIVE, agreed.members().stateOf(node.id()), () -> node.name() + " is away");
    }
    Placement placement = fabric.placement(agreed.members());
    for (Hash hash : durable) {
      assertTrue(
          fabric.nodes().stream().anyMatch(node -> has(node, hash)), () -> hash + " is nowhere");
      for (String id : placement.intended(hash, SimulatedFabric.REPLICAS)) {
        SimulatedMemoryNode node = fabric.node(id);
        assertTrue(
            has(node, hash),
            () ->
                hash
                    + " has not come back to "
                    + node.name()
                    + ", which charges "
                    + node.process().door.status().rows()
                    + "; in all "
                    + agreed.credits().page(null, 100)
                    + "; the nodes say "
                    + fabric.nodes().stream()
                        .map(each -> each.name() + each.process().door.status().rows())
                        .toList());
      }
    }
    for (Root root : agreed.roots().page(null, 100)) {
      assertTrue(
          !onDevices.contains(root.ref().hash())
              || fabric.nodes().stream().anyMatch(node -> has(node, root.ref().hash())),
          () -> root + " names what is gone");
    }
  }

  /// Nobody needs anything: nothing is charged, nothing allotted, no lease lives.
  void checkEverythingCameBack() {
    for (SimulatedMemoryNode node : fabric.nodes()) {
      assertEquals(0, node.process().keeping.charged(), () -> node.name() + " charges for nothing");
      assertEquals(
          0, part(SimulatedClient.ACCOUNT, node.id()), () -> node.name() + " keeps credits");
    }
    assertEquals(0, agreed.leases().size(), "a lease lives on");
  }
}

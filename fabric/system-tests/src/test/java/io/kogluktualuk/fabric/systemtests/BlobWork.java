package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Puts sources on two nodes, some durably, and reads back what was acknowledged; derived blobs
/// that nobody holds make it necessary to evict.
///
/// **Threading:** one thread; [#stored] any. **Bound:** [#STORED_MAX] sources.
final class BlobWork implements Work {

  private static final int STORED_MAX = 600;
  private static final int FLOOD_MAX = 60;

  private final Fabric fabric;
  private final History history;
  private final List<Hash> stored = new ArrayList<>();
  private int floods;

  BlobWork(Fabric fabric, History history) {
    this.fabric = fabric;
    this.history = history;
  }

  @Override
  public void once(RandomGenerator random) {
    if (stored.size() < STORED_MAX) {
      put(random);
    }
    if (random.nextInt(4) == 0 && floods++ < FLOOD_MAX) {
      Blob derived = Blob.of(Mutations.randomBytes(256 << 10, random));
      history.did(
          Step.Kind.PUT,
          "derived",
          derived.hash().toHex(),
          () -> put(Operator.of(fabric).blobs(PutPolicy.derived(1)), derived));
    }
    if (!stored.isEmpty()) {
      read(fabric, history, stored.get(random.nextInt(stored.size())));
    }
  }

  private void put(RandomGenerator random) {
    Blob blob = Blob.of(Mutations.randomBytes(random.nextInt(1, 24 << 10), random));
    PutPolicy policy = PutPolicy.source(2);
    boolean isDurable = random.nextInt(3) == 0;
    BlobStore store = Operator.of(fabric).blobs(isDurable ? policy.durable() : policy);
    String hash = blob.hash().toHex();
    String word = isDurable ? "durable" : "source";
    if (history.did(Step.Kind.PUT, word, hash, () -> put(store, blob)) != null) {
      synchronized (stored) {
        stored.add(blob.hash());
      }
    }
  }

  private static String put(BlobStore store, Blob blob) {
    store.put(List.of(blob));
    return "";
  }

  /// Reads a blob and compares its hash; fetching has done so as well, but is what is tested.
  ///
  /// @return whether it could be read
  static boolean read(Fabric fabric, History history, Hash hash) {
    String key = hash.toHex();
    String answer =
        history.did(
            Step.Kind.READ,
            key,
            "",
            () -> Blob.of(Operator.of(fabric).blobs().get(hash).toArray()).hash().toHex());
    if (answer != null && !answer.equals(key)) {
      history.violated("blob " + key + " was read as " + answer);
    }
    return answer != null;
  }

  /// The sources that were acknowledged.
  List<Hash> stored() {
    synchronized (stored) {
      return List.copyOf(stored);
    }
  }
}

package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// The memo index as it was at one moment.
///
/// Searches look at every memo: they are for people, and need no lock and no index of their own.
///
/// **Threading:** any thread, at any time.
public final class MemoView {

  private final MemoStore.View store;
  private final List<String> producers;

  MemoView(MemoStore.View store, List<String> producers) {
    this.store = store;
    this.producers = producers;
  }

  public int size() {
    return store.count();
  }

  /// The memo with an ordinal below [#size].
  public MemoChange.Known get(int ordinal) {
    return MemoLayout.known(store, ordinal, producers);
  }

  /// Writes the change that made the memo with an ordinal below [#size] known.
  void writeChange(int ordinal, CanonicalWriter writer) {
    MemoLayout.writeChange(store, ordinal, producers, writer);
  }

  /// The transactions whose key begins so, oldest first.
  public Keys keysWith(HashPrefix prefix) {
    return search(prefix, ordinal -> MemoLayout.key(store, ordinal));
  }

  /// The transactions whose output's hash begins so, oldest first.
  public Keys producersOf(HashPrefix prefix) {
    return search(prefix, ordinal -> MemoLayout.output(store, ordinal));
  }

  private Keys search(HashPrefix prefix, IntFunction<Hash> hashOf) {
    List<Hash> found = new ArrayList<>();
    for (int ordinal = 0; ordinal < store.count(); ordinal++) {
      Hash hash = hashOf.apply(ordinal);
      if ((int) (hash.word(0) >>> 32) != prefix.firstWord() || !prefix.matches(hash)) {
        continue;
      }
      if (found.size() == Keys.KEYS_MAX) {
        return new Keys(found, true);
      }
      found.add(MemoLayout.key(store, ordinal));
    }
    return new Keys(found, false);
  }
}

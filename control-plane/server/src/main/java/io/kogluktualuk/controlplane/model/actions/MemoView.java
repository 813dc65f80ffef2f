package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.OldMemos;
import io.kogluktualuk.controlplane.model.Table.ChangeWriter;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// The memo index as it was at one moment.
///
/// Searches look at every memo: they are for people, and need no lock and no index of their own.
///
/// **Threading:** any thread, at any time.
public final class MemoView {

  private final MemoSnapshot memos;
  private final List<String> producers;

  MemoView(MemoSnapshot memos, List<String> producers) {
    this.memos = memos;
    this.producers = producers;
  }

  public int size() {
    return memos.count();
  }

  /// Writes the change that made each memo known.
  void writeChanges(ChangeWriter writer) {
    CanonicalWriter change = new CanonicalWriter();
    MemoSnapshot.Cursor memo = memos.cursor(0);
    while (memo.next()) {
      change.clear();
      MemoLayout.writeChange(memo.bytes(), memo.offset(), producers, change);
      writer.write(change.toBytes());
    }
  }

  /// The transactions whose key begins so; the oldest first while nothing was forgotten.
  public Keys keysWith(HashPrefix prefix) {
    return search(prefix, MemoLayout::key);
  }

  /// The transactions whose output's hash begins so; the oldest first while nothing was forgotten.
  public Keys producersOf(HashPrefix prefix) {
    return search(prefix, MemoLayout::output);
  }

  /// Memos that were recorded before a time.
  ///
  /// @param fromPlace where to begin; 0 for all
  /// @param max so many of them
  public OldMemos recordedBefore(long millis, int fromPlace, int max) {
    List<OldMemos.Old> found = new ArrayList<>();
    MemoSnapshot.Cursor memo = memos.cursor(fromPlace);
    while (memo.next()) {
      if (MemoLayout.atMillis(memo.bytes(), memo.offset()) >= millis) {
        continue;
      }
      if (found.size() == max) {
        return new OldMemos(found, memo.place());
      }
      Hash key = MemoLayout.key(memo.bytes(), memo.offset());
      found.add(new OldMemos.Old(key, MemoLayout.output(memo.bytes(), memo.offset())));
    }
    return new OldMemos(found, 0);
  }

  /// Finds a hash in a memo.
  private interface HashOf {
    Hash read(byte[] bytes, int offset);
  }

  private Keys search(HashPrefix prefix, HashOf hashOf) {
    List<Hash> found = new ArrayList<>();
    MemoSnapshot.Cursor memo = memos.cursor(0);
    while (memo.next()) {
      Hash hash = hashOf.read(memo.bytes(), memo.offset());
      if ((int) (hash.word(0) >>> 32) != prefix.firstWord() || !prefix.matches(hash)) {
        continue;
      }
      if (found.size() == Keys.KEYS_MAX) {
        return new Keys(found, true);
      }
      found.add(MemoLayout.key(memo.bytes(), memo.offset()));
    }
    return new Keys(found, false);
  }
}

package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.FindOldMemos;
import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.OldMemos;
import io.kogluktualuk.fabric.blob.Mark;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// Forgets outcomes that were recorded long ago, so that there is room for new ones. Those whose
/// output a root reaches stay: a part of it that is lost is computed again by means of them.
///
/// **Threading:** one thread.
final class OldOutcomes {

  private final ControlClient control;
  private final long beforeMillis;
  private final Mark mark;

  /// @param mark what roots reach
  OldOutcomes(ControlClient control, long beforeMillis, Mark mark) {
    this.control = control;
    this.beforeMillis = beforeMillis;
    this.mark = mark;
  }

  /// How many could be forgotten.
  long count() {
    return find().size();
  }

  /// Forgets them.
  ///
  /// @return how many there were
  long forget() {
    List<Hash> old = find();
    long count = 0;
    for (int from = 0; from < old.size(); from += ForgetMemos.KEYS_MAX) {
      int to = Math.min(old.size(), from + ForgetMemos.KEYS_MAX);
      count += control.forgetMemos(new ForgetMemos(beforeMillis, old.subList(from, to)));
    }
    return count;
  }

  /// All of them first: places do not stay while something is forgotten.
  private List<Hash> find() {
    List<Hash> keys = new ArrayList<>();
    long from = 0;
    do {
      OldMemos page = control.oldMemos(new FindOldMemos(beforeMillis, from));
      page.memos().stream()
          .filter(memo -> mark.by(memo.output()) == null)
          .forEach(memo -> keys.add(memo.key()));
      from = page.next();
    } while (from != 0);
    return keys;
  }
}

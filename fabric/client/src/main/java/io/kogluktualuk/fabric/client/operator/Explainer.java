package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.TraceNode;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Follows outputs back to transactions, and transactions to their parts.
///
/// **Threading:** safe if the store and the control client are; one [Walk] for each question.
final class Explainer {

  private final ControlClient control;
  private final BlobStore store;

  Explainer(ControlClient control, BlobStore store) {
    this.control = control;
    this.store = store;
  }

  /// Explains a transaction, or the one that gave an output.
  ///
  /// @param text a key, a hash of an output, the first digits of either, or a ref
  /// @param transactionsMax how many transactions are explained in all
  Explanation explain(String text, int transactionsMax) {
    return new Walk(transactionsMax).explain(key(text));
  }

  /// Compares the trace of a transaction with those it shares a beginning with.
  ///
  /// @param text as for [#explain]
  WhyRun whyRun(String text) {
    Hash key = key(text);
    Transaction transaction = transaction(key);
    Trace own = trace(key);
    return new WhyRun(key, transaction, reason(key, transaction.family(), own));
  }

  /// Follows the trace from one who has a node of it to the next, as a compute node does.
  private WhyRun.Reason reason(Hash key, Hash family, Trace own) {
    TraceNode nodes = new TraceNode();
    Hash node = family;
    int passed = 0;
    WhyRun.Reason reason = new WhyRun.First();
    while (true) {
      Hash holder = control.traced(node);
      if (holder == null || holder.equals(key)) {
        return reason;
      }
      List<Trace.Step> other = stepsOf(holder, family);
      int same = passed;
      while (same < own.steps().size()
          && same < other.size()
          && TraceNode.isSame(own.steps().get(same), other.get(same))) {
        node = nodes.next(node, own.steps().get(same++));
      }
      if (same >= own.steps().size() || same >= other.size()) {
        return other.size() == own.steps().size() ? new WhyRun.SameAs(holder) : reason;
      }
      Trace.Step now = own.steps().get(same);
      String path = own.paths().get(same);
      reason = new WhyRun.Differs(holder, same + 1, path, other.get(same), now);
      node = nodes.next(node, now);
      passed = same + 1;
    }
  }

  /// What one who has a node has seen; nothing when it cannot be told any more.
  private List<Trace.Step> stepsOf(Hash key, Hash family) {
    try {
      return transaction(key).family().equals(family) ? trace(key).steps() : List.of();
    } catch (NotFound e) {
      return List.of();
    }
  }

  private Transaction transaction(Hash key) {
    return Transaction.decode(key.toHex(), store.get(key).toArray());
  }

  private Trace trace(Hash key) {
    return trace(key, control.explain(key));
  }

  private Trace trace(Hash key, MemoEntry entry) {
    return Trace.decode(key.toHex(), read(entry.memo().outcome().trace()));
  }

  private Hash key(String text) {
    boolean isRef = text.indexOf(':') >= 0;
    HashPrefix prefix = isRef ? HashPrefix.of(Ref.parse(text).hash()) : HashPrefix.parse(text);
    Keys keys = isRef ? new Keys(List.of(), false) : control.resolvePrefix(prefix);
    if (keys.keys().isEmpty()) {
      keys = control.producersOf(prefix);
      // The same output may come from several transactions; any of them explains it.
      return keys.keys().stream()
          .findFirst()
          .orElseThrow(
              () ->
                  new NotFound(
                      text
                          + " is neither the key of a known transaction nor the output of one;"
                          + " data that was put or imported has nothing to explain"));
    }
    if (keys.keys().size() > 1) {
      throw new Conflict(text + " is ambiguous: " + keys.keys().size() + " keys begin so");
    }
    return keys.keys().getFirst();
  }

  /// One answer: how many transactions it may still explain, and which it has.
  ///
  /// **Threading:** one thread.
  private final class Walk {
    private int left;
    private final Set<Hash> seen = new HashSet<>();

    Walk(int left) {
      this.left = left;
    }

    Explanation explain(Hash key) {
      left--;
      seen.add(key);
      MemoEntry entry = control.explain(key);
      Transaction transaction = transaction(key);
      Trace trace = trace(key, entry);
      List<Explanation.Part> parts = new ArrayList<>();
      Set<Hash> own = new HashSet<>();
      List<String> paths = trace.paths();
      for (int i = 0; i < paths.size(); i++) {
        Hash part = keyOf(trace.steps().get(i));
        if (part != null && own.add(part)) {
          parts.add(part(paths.get(i), part));
        }
      }
      return new Explanation(key, transaction, entry, trace, parts);
    }

    private Explanation.Part part(String path, Hash key) {
      if (seen.contains(key)) {
        return new Explanation.Mentioned(path, key, "shown above");
      }
      if (left <= 0) {
        return new Explanation.Mentioned(path, key, "not shown");
      }
      try {
        return new Explanation.Explained(path, explain(key));
      } catch (NotFound e) {
        return new Explanation.Mentioned(path, key, "not known any more");
      }
    }
  }

  private static @Nullable Hash keyOf(Trace.Step step) {
    return switch (step) {
      case Trace.Computed computed -> computed.key();
      case Trace.Failed failed -> failed.key();
      case Trace.Looked _,
          Trace.Measured _,
          Trace.Opened _,
          Trace.Listed _,
          Trace.ListedPart _,
          Trace.Bound _,
          Trace.Needed _,
          Trace.Evaluated _,
          Trace.Unevaluable _ ->
          null;
    };
  }

  private byte[] read(Ref ref) {
    byte[] bytes = new byte[Math.toIntExact(ref.length())];
    Content.open(store, ref).read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }
}

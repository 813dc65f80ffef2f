package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
      Transaction transaction = Transaction.decode(key.toHex(), store.get(key).toArray());
      Trace trace = Trace.decode(key.toHex(), read(entry.memo().outcome().trace()));
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
          Trace.Bound _,
          Trace.Needed _,
          Trace.Evaluated _,
          Trace.Unevaluable _ ->
          null;
    };
  }

  private byte[] read(Ref ref) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ContentStream stream = ContentStream.open(store, ref)) {
      stream.transferTo(bytes);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    }
  }
}

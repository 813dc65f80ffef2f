package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.Disposed;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells people which transactions need each other's outcomes: the same words for the same circle,
/// whoever closed it, beginning with the one to which they are told.
///
/// **Threading:** any thread. **Bound:** [#SHOWN_MAX] of them.
final class CircleText {

  private static final int SHOWN_MAX = 16;

  private final Flights flights;
  private final Bindings bindings;
  private final LocalBlobs blobs;

  CircleText(Flights flights, Bindings bindings, LocalBlobs blobs) {
    this.flights = flights;
    this.bindings = bindings;
    this.blobs = blobs;
  }

  /// @param circle each waits for the next, and the last for the first
  /// @param own one of them
  String of(List<Hash> circle, Flight own) {
    String path = path(circle, own.key(), words(own.transaction()), own.owner());
    return "it needs the outcome of this very transaction: " + path;
  }

  /// The way from one of a circle round to itself.
  ///
  /// @param name of that one
  String path(List<Hash> circle, Hash own, String name, Run run) {
    List<String> words = new ArrayList<>();
    int start = Math.max(0, circle.indexOf(own));
    for (int i = 0; i < Math.min(circle.size(), SHOWN_MAX); i++) {
      words.add(words(circle.get((start + i) % circle.size()), run));
    }
    if (circle.size() > SHOWN_MAX) {
      words.add("… (" + circle.size() + " in all)");
    }
    words.add(Disposed.abridge(name));
    return String.join(" → ", words);
  }

  private String words(Hash key, Run run) {
    List<String> narrowed = bindings.find(key);
    String known = narrowed == null ? run.nameOf(key) : String.join(" ", narrowed);
    if (known != null) {
      return Disposed.abridge(known);
    }
    Transaction transaction = flights.find(key, run);
    return words(transaction != null ? transaction : stored(key), key);
  }

  private @Nullable Transaction stored(Hash key) {
    try {
      return Transaction.decode(key.toHex(), blobs.get(key).toArray());
    } catch (FabricException _) {
      return null; // one of another node, which has not stored it yet
    }
  }

  private static String words(@Nullable Transaction transaction, Hash key) {
    return transaction == null ? "transaction " + key.toShortHex() : words(transaction);
  }

  private static String words(Transaction transaction) {
    return Disposed.abridge(String.join(" ", transaction.argv()));
  }
}

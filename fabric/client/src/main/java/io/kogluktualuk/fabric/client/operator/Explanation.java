package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;

/// Why an output is what it is: the transaction behind it, what that read, what it had computed.
///
/// @param key the transaction's key
/// @param entry its outcome, who ran it, when and how long, and how often it was a hit since
/// @param trace what it observed, in order
/// @param parts its subtransactions, in the order of the trace
public record Explanation(
    Hash key, Transaction transaction, MemoEntry entry, Trace trace, List<Part> parts) {

  /// Copies the list.
  public Explanation {
    parts = List.copyOf(parts);
  }

  /// One subtransaction.
  public sealed interface Part {
    /// The path whose value it computed.
    String path();
  }

  /// One that is explained, too.
  public record Explained(String path, Explanation explanation) implements Part {}

  /// One that is not explained here: it was further up already, or there were too many.
  public record Mentioned(String path, Hash key, String reason) implements Part {}
}

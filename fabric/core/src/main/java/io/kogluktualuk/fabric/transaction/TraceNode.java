package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import io.kogluktualuk.fabric.transaction.Trace.Step;

/// The nodes of the trace trie: what a program has been answered so far, as a hash.
///
/// ```
/// first   Transaction#family
/// next    SHA-256 ( node before 32 bytes │ the step, without what is for people )
/// ```
///
/// Two transactions of one family that were answered the same are at the same node, whatever
/// their namespaces; a hash that leads on from there tells what both would do next. What is left
/// out of a step are the keys of subtransactions, which differ with the namespace, and what came
/// of them: the program sees that by further questions only.
///
/// **Threading:** one thread.
public final class TraceNode {

  /// Stands for the key of a subtransaction, and for its output.
  private static final Hash NONE = new Sha256().finish();

  private final CanonicalWriter writer = new CanonicalWriter();
  private final Sha256 digest = new Sha256();

  /// The node that a step leads to.
  public Hash next(Hash node, Step step) {
    writer.clear();
    TraceCodec.write(compared(step), writer.hash(node));
    return digest.update(writer.buffer(), 0, writer.length()).finish();
  }

  /// Whether two steps are the same question with the same answer.
  public static boolean isSame(Step a, Step b) {
    return a.equals(b) || compared(a).equals(compared(b));
  }

  private static Step compared(Step step) {
    return switch (step) {
      case Trace.Computed(var place, _, Ref output) ->
          new Trace.Computed(
              place, NONE, new Ref(output.kind() == Kind.TREE ? Kind.TREE : Kind.BLOB, NONE, 0));
      case Trace.Failed(var place, _, String reason) -> new Trace.Failed(place, null, reason);
      case Trace.Looked _,
          Trace.Measured _,
          Trace.Opened _,
          Trace.Listed _,
          Trace.ListedPart _,
          Trace.Bound _,
          Trace.Needed _,
          Trace.Evaluated _,
          Trace.Unevaluable _ ->
          step;
    };
  }
}

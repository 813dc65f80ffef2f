package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.namespace.Source;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A thunk that stands in namespaces, decoded, and the transaction it last came to be.
///
/// A narrowed thunk is the same transaction wherever its inputs are the same. Of a thousand
/// namespaces in which it stands it is another one in a few: so what it was last is remembered
/// beside it, and neither put together nor hashed again.
///
/// **Threading:** any thread.
final class StandingThunk {

  private final Thunk thunk;
  private final List<Input> inputs;
  private volatile @Nullable Narrowed latest;

  /// @param as the path in the computation's namespace
  /// @param text where it is, for people
  /// @param path the same
  record Input(NamePath as, String text, NamePath path) {
    static Input of(Thunk.Input input) {
      return new Input(input.as(), input.path().toString(), input.path());
    }
  }

  /// What a narrowed thunk is with certain inputs.
  ///
  /// @param values of its inputs, in their order; none holds a thunk
  /// @param encoding of the transaction
  record Narrowed(List<Ref> values, Limits limits, Transaction transaction, Blob encoding) {
    boolean isOf(List<Ref> others, Limits other) {
      return values.equals(others) && limits.equals(other);
    }
  }

  StandingThunk(Thunk thunk) {
    this.thunk = thunk;
    List<Thunk.Input> given = thunk.inputs();
    this.inputs = given == null ? List.of() : given.stream().map(Input::of).toList();
  }

  List<String> argv() {
    return thunk.argv();
  }

  /// Whether it sees its inputs and nothing else.
  boolean isNarrowed() {
    return thunk.inputs() != null;
  }

  List<Input> inputs() {
    return inputs;
  }

  /// Where its inputs come from, in a namespace.
  List<Source.Input> sources(Ref root) {
    return inputs.stream()
        .map(input -> new Source.Input(input.as, input.text, new Source.At(root, input.path)))
        .toList();
  }

  /// What it last was, if that was with these inputs; else null.
  @Nullable Narrowed latest(List<Ref> values, Limits limits) {
    Narrowed known = latest;
    return known != null && known.isOf(values, limits) ? known : null;
  }

  void remember(Narrowed narrowed) {
    latest = narrowed;
  }
}

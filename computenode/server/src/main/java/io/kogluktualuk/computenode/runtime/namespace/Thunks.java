package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Computes thunks for one transaction.
///
/// **Threading:** the guest's thread.
public interface Thunks {

  /// A computation that may have begun.
  interface Promise {}

  /// What came of a thunk.
  sealed interface Value {}

  /// It was computed; the output holds no thunks.
  record Computed(Hash key, Ref output) implements Value {}

  /// It could not be computed.
  ///
  /// @param key the subtransaction that failed, null when it could not even be formed
  /// @param reason for people; the same on every host
  record Failed(@Nullable Hash key, String reason) implements Value {}

  /// Begins to compute a thunk that stands in an immutable namespace; the same one twice is one
  /// computation.
  Promise start(Ref root, Ref thunk);

  /// Begins to compute a program over the values of captured inputs.
  Promise startNarrowed(List<String> argv, List<Source.Input> inputs);

  /// Waits for a computation.
  ///
  /// @throws FabricException when this host could not compute it, which says nothing about its
  /// value
  Value await(Promise promise);

  /// Computes everything in a source and gives its value, which holds no thunks.
  ///
  /// @return the ref of the value, or why there is none
  Evaluated evaluate(Source source);

  /// The value of a [Source].
  sealed interface Evaluated {}

  record Evaluable(Ref ref) implements Evaluated {}

  record Unevaluable(String reason) implements Evaluated {}
}

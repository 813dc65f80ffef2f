package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Where a value comes from that may have to be computed: captured at one moment, evaluated later.
public sealed interface Source {

  /// A path of an immutable namespace.
  record At(Ref root, NamePath path) implements Source {}

  /// A value that is there; thunks inside stand in `root`.
  record Stored(Ref ref, Ref root) implements Source {}

  /// The output of a computation, or what stands at a path below it.
  record Promised(Thunks.Promise promise, List<String> below) implements Source {}

  /// A directory of the transaction's own.
  record Made(SortedMap<String, Source> entries) implements Source {}

  /// A directory with changes.
  ///
  /// @param base as it was; thunks inside stand in `root`
  /// @param changes what each name that was changed leads to now; none for one that is gone
  record Changed(Ref base, Ref root, SortedMap<String, Optional<Source>> changes)
      implements Source {}

  /// Nothing.
  record Missing(String reason) implements Source {}

  /// A source under the name by which a computation sees it.
  ///
  /// @param as the path in the computation's namespace
  /// @param path where it was captured, for people
  record Input(NamePath as, String path, Source source) {}
}

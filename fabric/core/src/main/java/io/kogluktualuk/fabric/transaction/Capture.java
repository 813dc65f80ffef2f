package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.Optional;
import java.util.SortedMap;

/// Where a value comes from, said in terms of what a transaction was given, so that the same can
/// be said of another namespace.
///
/// ```
/// tag 1 at: text path                     tag 2 stored: ref
/// tag 3 output: varint origin, text path  tag 4 made: varint entries, { text name │ capture } …
/// tag 5 missing: text reason              tag 6 root: base, as in [Trace]
/// tag 7 changed: ref, varint names, { text name │ u8 is there │ capture, if it is } …
/// ```
///
/// **Bound:** as deep as a namespace, [NamePath#DEPTH_MAX].
public sealed interface Capture {

  /// A path of the namespace.
  record At(NamePath path) implements Capture {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /// A value whose bits are known; thunks inside stand in the namespace.
  record Stored(Ref ref) implements Capture {
    @Override
    public String toString() {
      return ref.toString();
    }
  }

  /// What stands at a path of the output of the nth computation that was bound.
  record Output(int origin, NamePath below) implements Capture {
    @Override
    public String toString() {
      return new Trace.Place(origin, below).toString();
    }
  }

  /// A directory of the transaction's own.
  record Made(SortedMap<String, Capture> entries) implements Capture {
    @Override
    public String toString() {
      return "a directory of " + entries.size();
    }
  }

  /// A wide directory that the transaction has changed.
  ///
  /// @param base as it was; thunks inside stand in the namespace
  /// @param changes what each name that was changed leads to now; none for one that is gone
  record Changed(Ref base, SortedMap<String, Optional<Capture>> changes) implements Capture {
    @Override
    public String toString() {
      return base + " with " + changes.size() + " changes";
    }
  }

  /// Nothing.
  record Missing(String reason) implements Capture {
    @Override
    public String toString() {
      return "nothing";
    }
  }

  /// The whole namespace, with the transaction's own `/tmp`.
  record Root(Trace.Base base) implements Capture {
    @Override
    public String toString() {
      return "/";
    }
  }

  /// Whether its value is known without the namespace.
  default boolean isClosed() {
    return switch (this) {
      case Stored(Ref ref) -> ref.kind() == Kind.BLOB || ref.kind() == Kind.LIST;
      case Made(var entries) -> entries.values().stream().allMatch(Capture::isClosed);
      case Missing _ -> true;
      case At _, Output _, Root _, Changed _ -> false;
    };
  }
}

package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What stages need of a fabric.
///
/// **Threading:** any thread. **Errors:** those of `fabric.fault`.
interface BlobPort {

  /// Values that stay where they are until this is closed.
  interface Scope extends AutoCloseable {

    /// Lets go of all of them.
    @Override
    void close();
  }

  Scope open();

  /// What was stored.
  ///
  /// @param voucher null when nobody vouches for it
  record Stored(Ref ref, @Nullable Voucher voucher) {}

  /// Stores bytes, held in a scope from the start.
  Stored put(Scope scope, MemorySegment bytes);

  /// Holds values that somebody else has stored.
  ///
  /// @return those that nobody has
  Set<Ref> hold(Scope scope, Collection<Ref> refs);

  /// Lends the content of a ref in one piece, verified; the bytes are valid until `use` returns.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when nobody has it
  <R> R read(Ref ref, Function<MemorySegment, R> use);

  /// Lends the content of a ref part by part, in order, each verified: no part is copied.
  void readParts(Ref ref, Consumer<MemorySegment> each);

  /// The content of a ref as a stream, verified.
  InputStream stream(Ref ref);

  /// Believes nobody from now on.
  void doubt();

  /// Believes whoever vouches for a value, for the next reads; nobody after [#doubt].
  void believe(Ref ref, Voucher voucher);

  /// Has a lost value computed again from what its envelope says of it.
  ///
  /// @return false when it says nothing
  boolean recompute(Envelope envelope);

  /// Keeps a value under a name, whoever holds it.
  void pin(String name, Ref ref);

  /// Takes the name away; nothing when there is none.
  void unpin(String name);

  /// For how long this session holds when it is not heard of any more.
  Claim claim();
}

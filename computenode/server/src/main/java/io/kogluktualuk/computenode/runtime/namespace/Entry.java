package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a name leads to in a running transaction.
///
/// What it is, beyond its sort, is told by the [GuestTree], which writes down that it was asked.
///
/// **Threading:** the guest's thread.
public sealed interface Entry permits Entry.Fixed, Entry.Delayed, Directory, WrittenFile {

  /// A value that is there: a blob, a list or a tree.
  final class Fixed implements Entry {
    final Ref ref;
    final @Nullable Place place;
    final boolean isGiven;

    /// @param place where the trace says it is; null when the program knows all of it
    /// @param isGiven whether the namespace has it where it is, and not the program put it there
    Fixed(Ref ref, @Nullable Place place, boolean isGiven) {
      this.ref = ref;
      this.place = place;
      this.isGiven = isGiven;
    }

    public boolean isDirectory() {
      return ref.kind() == Kind.TREE;
    }
  }

  /// A thunk.
  final class Delayed implements Entry {
    private final @Nullable Thunk own;
    private @Nullable Ref thunk;
    @Nullable Place place;
    Thunks.@Nullable Promise promise;
    Thunks.@Nullable Value value;
    private boolean isGiven;

    /// One that nobody has begun.
    ///
    /// @param place as for [Fixed]
    Delayed(Ref thunk, @Nullable Place place, boolean isGiven) {
      this.own = null;
      this.thunk = thunk;
      this.place = place;
      this.isGiven = isGiven;
    }

    /// One that the program has bound, and that is not stored.
    Delayed(Thunk own, Place place, Thunks.Promise promise) {
      this.own = own;
      this.place = place;
      this.promise = promise;
    }

    /// One that the program has bound.
    Delayed(Ref thunk, Place place, Thunks.Promise promise) {
      this(thunk, place, false);
      this.promise = promise;
    }

    /// The thunk, stored now at the latest, since it is about to be named.
    Ref thunk(BlobStore blobs) {
      Ref named = thunk;
      if (named == null) {
        Blob encoding = Objects.requireNonNull(own).encode();
        blobs.put(List.of(encoding));
        named = Thunk.refOf(encoding);
        thunk = named;
      }
      return named;
    }

    boolean isGiven() {
      return isGiven;
    }
  }

  /// The same entry as one that the program has put where it is.
  static Entry own(Entry entry) {
    return switch (entry) {
      case Fixed fixed -> new Fixed(fixed.ref, fixed.place, false);
      case Delayed delayed -> {
        delayed.isGiven = false;
        yield delayed;
      }
      case Directory directory -> directory.own();
      case WrittenFile file -> file;
    };
  }

  /// @param place as for [Fixed]
  static Entry of(Ref ref, @Nullable Place place, boolean isGiven) {
    return switch (ref.kind()) {
      case BLOB, LIST, TREE -> new Fixed(ref, place, isGiven);
      case THUNK -> new Delayed(ref, place, isGiven);
    };
  }
}

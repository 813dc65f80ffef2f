/// What a transaction sees as its files: the namespace it was given, which never changes, and the
/// directory `/tmp`, which is its own.
///
/// Reads values through a `BlobStore`; asks a
/// [io.kogluktualuk.computenode.runtime.namespace.Thunks] for what must be computed. Knows
/// nothing of WebAssembly, of other transactions or of nodes.
@NullMarked
package io.kogluktualuk.computenode.runtime.namespace;

import org.jspecify.annotations.NullMarked;

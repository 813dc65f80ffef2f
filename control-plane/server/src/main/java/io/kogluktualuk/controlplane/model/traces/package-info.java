/// The trace trie: who has its nodes.
///
/// A table like the others; see [io.kogluktualuk.controlplane.model.traces.TraceTable].
@NullMarked
package io.kogluktualuk.controlplane.model.traces;

import org.jspecify.annotations.NullMarked;

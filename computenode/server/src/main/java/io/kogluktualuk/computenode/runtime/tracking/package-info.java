/// What a running transaction has observed, and what it has had to say: its trace and diagnostics.
///
/// Both are functions of the transaction: nothing here depends on time or on scheduling. Touches
/// `fabric/core` only.
@NullMarked
package io.kogluktualuk.computenode.runtime.tracking;

import org.jspecify.annotations.NullMarked;

/// What a compute node keeps of the fabric's values: a bounded cache of blobs and of outcomes, and
/// the queue through which new ones are stored and recorded behind the back of the computation.
///
/// Touches `fabric/core` only. Decides nothing about what is computed.
@NullMarked
package io.kogluktualuk.computenode.runtime.store;

import org.jspecify.annotations.NullMarked;

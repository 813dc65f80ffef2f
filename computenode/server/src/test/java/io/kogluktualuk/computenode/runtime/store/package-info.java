/// The caches and the publisher of a compute node.
@NullMarked
package io.kogluktualuk.computenode.runtime.store;

import org.jspecify.annotations.NullMarked;

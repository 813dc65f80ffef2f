/// Programs of all kinds run on engines over stores in memory.
@NullMarked
package io.kogluktualuk.computenode.runtime;

import org.jspecify.annotations.NullMarked;

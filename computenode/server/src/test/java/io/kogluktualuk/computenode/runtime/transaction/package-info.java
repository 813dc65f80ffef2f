@NullMarked
package io.kogluktualuk.computenode.runtime.transaction;

import org.jspecify.annotations.NullMarked;

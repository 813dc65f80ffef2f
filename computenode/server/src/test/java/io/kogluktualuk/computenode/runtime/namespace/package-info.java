/// The files of a transaction, without a program.
@NullMarked
package io.kogluktualuk.computenode.runtime.namespace;

import org.jspecify.annotations.NullMarked;

/// Transactions, their keys, their outcomes and traces, as values with canonical encodings.
@NullMarked
package io.kogluktualuk.fabric.transaction;

import org.jspecify.annotations.NullMarked;

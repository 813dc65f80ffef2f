/// What happens how often and how long, counted where it happens and read by whoever publishes it.
///
/// Owns the counting; knows no library for metrics, and touches nothing.
@NullMarked
package io.kogluktualuk.fabric.measure;

import org.jspecify.annotations.NullMarked;

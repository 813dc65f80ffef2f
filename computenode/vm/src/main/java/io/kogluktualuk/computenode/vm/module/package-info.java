/// Foreign Wasm bytes: what they declare, within which bounds, and which features they use.
///
/// Decodes into immutable records and refuses early, in bounded time and memory. Touches nothing
/// but `fabric.fault`; runs nothing.
@NullMarked
package io.kogluktualuk.computenode.vm.module;

import org.jspecify.annotations.NullMarked;

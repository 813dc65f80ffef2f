/// Rewrites valid modules so that they count what they do: fuel, call depth, canonical NaN.
///
/// Touches `vm.module` and `fabric.fault`; runs nothing.
@NullMarked
package io.kogluktualuk.computenode.vm.meter;

import org.jspecify.annotations.NullMarked;

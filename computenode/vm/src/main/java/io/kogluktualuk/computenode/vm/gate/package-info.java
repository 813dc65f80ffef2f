/// Looks at compiled code that others made, before it is loaded: it may have the form of what the
/// compiler writes, and nothing else.
///
/// Touches `vm.module` and `vm.compile`; loads and runs nothing.
@NullMarked
package io.kogluktualuk.computenode.vm.gate;

import org.jspecify.annotations.NullMarked;

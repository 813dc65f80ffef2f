/// The compiler: from a valid module to classes of the JVM.
///
/// Touches `vm.module` and `vm.machine`; loads and runs nothing.
@NullMarked
package io.kogluktualuk.computenode.vm.compile;

import org.jspecify.annotations.NullMarked;

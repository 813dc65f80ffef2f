/// What compiled guest code stands on: its instance, memory, tables, and the arithmetic that takes
/// more than an instruction of the JVM.
///
/// Everything public here is so because generated classes, which live in loaders of their own, use
/// it. Touches nothing but `vm.module`; knows neither limits nor host functions.
@NullMarked
package io.kogluktualuk.computenode.vm.machine;

import org.jspecify.annotations.NullMarked;

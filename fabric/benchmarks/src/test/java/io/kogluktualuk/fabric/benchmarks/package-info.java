/// Tests of how figures are made, and that the processes measured really do what is measured.
@NullMarked
package io.kogluktualuk.fabric.benchmarks;

import org.jspecify.annotations.NullMarked;

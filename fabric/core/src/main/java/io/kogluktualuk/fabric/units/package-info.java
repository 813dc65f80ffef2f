/// Quantities that cross module borders.
@NullMarked
package io.kogluktualuk.fabric.units;

import org.jspecify.annotations.NullMarked;

/// The generation of pins. Touches `controlplane.model`.
@NullMarked
package io.kogluktualuk.controlplane.model.pins;

import org.jspecify.annotations.NullMarked;

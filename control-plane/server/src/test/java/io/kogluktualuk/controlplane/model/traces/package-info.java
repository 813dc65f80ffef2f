@NullMarked
package io.kogluktualuk.controlplane.model.traces;

import org.jspecify.annotations.NullMarked;

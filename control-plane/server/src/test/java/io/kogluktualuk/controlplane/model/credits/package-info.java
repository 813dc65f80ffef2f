@NullMarked
package io.kogluktualuk.controlplane.model.credits;

import org.jspecify.annotations.NullMarked;

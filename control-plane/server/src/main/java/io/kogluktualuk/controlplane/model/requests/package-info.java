/// Which commands were done already, and what was answered. Touches `controlplane.model` and the
/// messages of `controlplane.api`.
@NullMarked
package io.kogluktualuk.controlplane.model.requests;

import org.jspecify.annotations.NullMarked;

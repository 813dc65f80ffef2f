/// The memo index: which transaction gave which outcome, who found out, and who disagreed. Touches
/// `controlplane.model` and the messages of `controlplane.api`.
@NullMarked
package io.kogluktualuk.controlplane.model.actions;

import org.jspecify.annotations.NullMarked;

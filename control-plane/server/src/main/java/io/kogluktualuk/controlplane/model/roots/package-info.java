/// The roots: names that keep all they reach. Touches `controlplane.model` and the messages of
/// `controlplane.api`.
@NullMarked
package io.kogluktualuk.controlplane.model.roots;

import org.jspecify.annotations.NullMarked;

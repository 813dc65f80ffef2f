/// The audit log: what was done to the fabric, by whom, in a chain of hashes. Touches
/// `controlplane.model` and the messages of `controlplane.api`.
@NullMarked
package io.kogluktualuk.controlplane.model.audit;

import org.jspecify.annotations.NullMarked;

/// The leases: who may rely on what it holds, until when, and which tokens are dead. What is held
/// is known to the memory nodes alone. Touches `controlplane.model` and the messages of
/// `controlplane.api`.
@NullMarked
package io.kogluktualuk.controlplane.model.leases;

import org.jspecify.annotations.NullMarked;

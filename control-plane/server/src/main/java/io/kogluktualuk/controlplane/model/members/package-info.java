/// The members table: who belongs to the fabric, and the epoch of that. Who is alive is not agreed
/// on and not here. Touches `controlplane.model` and the messages of `controlplane.api`.
@NullMarked
package io.kogluktualuk.controlplane.model.members;

import org.jspecify.annotations.NullMarked;

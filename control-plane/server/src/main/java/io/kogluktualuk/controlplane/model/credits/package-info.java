/// Space credits: how many bytes that may not be evicted each account may have, and which part of
/// them each memory node may charge. Touches `controlplane.model`, the messages of
/// `controlplane.api`, and asks who is a member.
@NullMarked
package io.kogluktualuk.controlplane.model.credits;

import org.jspecify.annotations.NullMarked;

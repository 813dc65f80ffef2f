/// The replicated state of the control plane: entries that carry many commands, and the machine
/// that hands each to its table. Touches `paxoslog.api` and the messages of `controlplane.api`;
/// no clock, no randomness, no I/O, no threads.
@NullMarked
package io.kogluktualuk.controlplane.model;

import org.jspecify.annotations.NullMarked;

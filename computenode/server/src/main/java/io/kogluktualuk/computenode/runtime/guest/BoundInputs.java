package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.fabric.namespace.Thunk;
import java.util.List;

/// The inputs that a program has last bound something to: who binds many gives them the same.
///
/// **Threading:** immutable.
///
/// @param text as the program wrote them
record BoundInputs(String text, List<Thunk.Input> inputs) {}

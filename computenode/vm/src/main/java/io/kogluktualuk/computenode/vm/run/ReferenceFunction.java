package io.kogluktualuk.computenode.vm.run;

/// A function of an instance in the reference engine, as other instances know it.
///
/// @param index its index in the module of the guest
record ReferenceFunction(ReferenceGuest<?> owner, int index) {}

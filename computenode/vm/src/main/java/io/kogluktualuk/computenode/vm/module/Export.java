package io.kogluktualuk.computenode.vm.module;

/// What a module calls by a name towards the outside.
///
/// @param kind 0 a function, 1 a table, 2 the memory, 3 a global
public record Export(String name, int kind, int index) {}

package io.kogluktualuk.computenode.vm.module;

/// A declared global variable and its value at the start.
public record GlobalType(ValueType type, boolean mutable, Constant initial) {}

package io.kogluktualuk.computenode.vm.module;

/// A declared table.
///
/// @param element the type of its references
/// @param initial elements at the start
/// @param maximum elements after growing, at most [ModuleBounds#TABLE_ELEMENTS]
public record TableType(ValueType element, int initial, int maximum) {}

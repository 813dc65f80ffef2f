package io.kogluktualuk.computenode.vm.module;

/// The type of what instances may share beside functions.
public sealed interface SharedType permits TableType, MemoryType, GlobalType {

  /// Whether something that was declared like this may stand where `wanted` is imported.
  ///
  /// @param sizeNow elements of a table or pages of a memory, which may have grown
  boolean fits(long sizeNow, SharedType wanted);

  /// In words: `table`, `memory` or `global`.
  String kind();
}

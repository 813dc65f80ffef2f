package io.kogluktualuk.computenode.vm.module;

import java.util.List;
import java.util.Map;

/// What a valid module declares to the outside.
///
/// @param imports functions it needs, in the order of their indices
/// @param shared tables, memories and globals it needs, in the order of their appearance
/// @param exports functions it offers, by name
/// @param memory its linear memory; pages 0 to 0 when it has none
public record ModuleShape(
    List<Import> imports,
    List<SharedImport> shared,
    Map<String, Signature> exports,
    MemoryBounds memory) {

  public ModuleShape {
    imports = List.copyOf(imports);
    shared = List.copyOf(shared);
    exports = Map.copyOf(exports);
  }

  /// One imported function.
  public record Import(String module, String name, Signature signature) {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /// An imported table, memory or global.
  public record SharedImport(String module, String name, SharedType type) {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /// Initial and maximal size in pages of 64 KiB.
  public record MemoryBounds(int initialPages, int maximumPages) {}
}

package io.kogluktualuk.computenode.vm.module;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the parts of a binary module lie, and what rewriting it needs to know.
///
/// @param bytes the whole module; not copied, so never to be changed
/// @param sections in order of appearance
/// @param types all function types
/// @param functionTypes type index of each function, imported ones first
/// @param tables the tables, imported ones first
/// @param globals the globals, imported ones first
/// @param memory its memory, imported or its own, or null
/// @param start the function that runs at instantiation, or -1
/// @param bodies the code of each function that is not imported
public record DecodedModule(
    byte[] bytes,
    List<Section> sections,
    List<Signature> types,
    List<Integer> functionTypes,
    List<TableType> tables,
    List<GlobalType> globals,
    @Nullable MemoryType memory,
    int start,
    List<Export> exports,
    List<ElementSegment> elements,
    List<DataSegment> data,
    List<Body> bodies,
    ModuleShape shape) {

  /// A section's contents, after its id and length.
  public record Section(int id, int start, int end) {}

  /// A function's locals and code, after its length.
  public record Body(int start, int end) {}

  public int globalCount() {
    return globals.size();
  }

  public boolean hasMemory() {
    return memory != null;
  }

  /// How many of the tables, memories or globals are imported, by their type.
  public int importedCount(Class<? extends SharedType> type) {
    return (int) shape.shared().stream().filter(each -> type.isInstance(each.type())).count();
  }

  /// Globals that are not imported.
  public int ownGlobals() {
    return globals.size() - importedCount(GlobalType.class);
  }

  public boolean isImportedGlobal(int index) {
    return globals.get(index).initial() == null;
  }

  public int importCount() {
    return shape.imports().size();
  }

  public Signature signatureOf(int function) {
    return types.get(functionTypes.get(function));
  }
}

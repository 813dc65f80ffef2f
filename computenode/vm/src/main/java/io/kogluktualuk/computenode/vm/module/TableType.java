package io.kogluktualuk.computenode.vm.module;

/// A declared table.
///
/// @param element the type of its references
/// @param elements how many
public record TableType(ValueType element, SizeRange elements) implements SharedType {

  /// Elements at the start.
  public int initial() {
    return (int) elements.least();
  }

  /// Elements after growing, at most [ModuleBounds#TABLE_ELEMENTS].
  public int maximum() {
    long most = Math.min(elements.most(), ModuleBounds.TABLE_ELEMENTS);
    return (int) Math.max(elements.least(), most);
  }

  @Override
  public boolean fits(long sizeNow, SharedType wanted) {
    return wanted instanceof TableType(ValueType other, SizeRange range)
        && other == element
        && elements.fits(sizeNow, range);
  }

  @Override
  public String kind() {
    return "table";
  }

  @Override
  public String toString() {
    return "a table of " + elements + " " + element.name().toLowerCase(java.util.Locale.ROOT);
  }
}

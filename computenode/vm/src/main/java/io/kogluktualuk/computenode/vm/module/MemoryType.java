package io.kogluktualuk.computenode.vm.module;

/// A declared memory, in pages of 64 KiB.
public record MemoryType(SizeRange pages) implements SharedType {

  @Override
  public boolean fits(long sizeNow, SharedType wanted) {
    return wanted instanceof MemoryType(SizeRange range) && pages.fits(sizeNow, range);
  }

  @Override
  public String kind() {
    return "memory";
  }

  @Override
  public String toString() {
    return "a memory of " + pages + " pages";
  }
}

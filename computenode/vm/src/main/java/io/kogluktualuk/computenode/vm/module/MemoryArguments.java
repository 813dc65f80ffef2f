package io.kogluktualuk.computenode.vm.module;

/// What follows a load or store: a promise of alignment, and an offset.
final class MemoryArguments {

  private static final int OTHER_MEMORY = 0x40;

  private MemoryArguments() {}

  /// Reads and checks it.
  ///
  /// @param natural the alignment of what is accessed, as a power of two
  static void check(WasmCursor code, int natural, boolean hasMemory) {
    long alignment = code.readU32();
    if (alignment >= OTHER_MEMORY && alignment < 2 * OTHER_MEMORY) {
      throw ModuleBounds.unsupported("more than one memory", code.position());
    }
    if (alignment > natural) {
      throw code.malformed(
          "alignment must not be larger than natural: expected at most 2^"
              + natural
              + ", found 2^"
              + alignment);
    }
    long _ = code.readU32();
    require(code, hasMemory);
  }

  static void require(WasmCursor code, boolean hasMemory) {
    if (!hasMemory) {
      throw code.malformed("unknown memory 0");
    }
  }
}

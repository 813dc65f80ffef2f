package io.kogluktualuk.computenode.vm.module;

/// The declared size of a table or memory, in elements or pages.
///
/// @param least the size at the start
/// @param most the size after growing, or [#UNBOUNDED] when none is declared
public record SizeRange(long least, long most) {

  /// Greater than any size that can be declared.
  public static final long UNBOUNDED = Long.MAX_VALUE;

  /// Whether something of this range and of a size now may stand where `wanted` is imported.
  boolean fits(long sizeNow, SizeRange wanted) {
    return sizeNow >= wanted.least && most <= wanted.most;
  }

  @Override
  public String toString() {
    return least + (most == UNBOUNDED ? "" : " to " + most);
  }
}

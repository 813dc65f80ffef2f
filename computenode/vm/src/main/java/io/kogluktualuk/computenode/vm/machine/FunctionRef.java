package io.kogluktualuk.computenode.vm.machine;

/// A reference to a function of an instance; equal references are one object.
///
/// @param owner the instance that the function belongs to
/// @param index its index in the module
/// @param type the number of its type among the module's different types
public record FunctionRef(GuestInstance owner, int index, int type) {

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "function " + index;
  }
}

package io.kogluktualuk.computenode.vm.machine;

import io.kogluktualuk.computenode.vm.machine.MachineTrap.Reason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A table of references: to functions ([FunctionRef]) or to whatever the host likes.
///
/// **Threading:** the guest's thread. **Bound:** its maximum.
public final class Table {

  private final int maximum;
  private @Nullable Object[] elements;

  public Table(int initial, int maximum) {
    this.elements = new Object[initial];
    this.maximum = maximum;
  }

  public int size() {
    return elements.length;
  }

  public int maximum() {
    return maximum;
  }

  public @Nullable Object get(int index) {
    requireInside(index, 1);
    return elements[index];
  }

  public void set(int index, @Nullable Object reference) {
    requireInside(index, 1);
    elements[index] = reference;
  }

  /// What an indirect call finds.
  FunctionRef callee(int index) {
    if (Integer.compareUnsigned(index, elements.length) >= 0) {
      throw new MachineTrap(Reason.UNDEFINED_ELEMENT);
    }
    Object found = elements[index];
    if (found == null) {
      throw new MachineTrap(Reason.UNINITIALIZED_ELEMENT);
    }
    return (FunctionRef) found;
  }

  /// Adds elements; their former number, or -1 when there may not be so many.
  public int grow(@Nullable Object reference, int more) {
    int before = elements.length;
    if (more < 0 || more > maximum - before) {
      return -1;
    }
    elements = Arrays.copyOf(elements, before + more);
    Arrays.fill(elements, before, before + more, reference);
    return before;
  }

  void fill(int index, @Nullable Object reference, int count) {
    requireInside(index, count);
    Arrays.fill(elements, index, index + count, reference);
  }

  void copy(int target, Table from, int source, int count) {
    from.requireInside(source, count);
    requireInside(target, count);
    System.arraycopy(from.elements, source, elements, target, count);
  }

  void requireInside(int index, int count) {
    if (index < 0 || count < 0 || index > elements.length - count) {
      throw new MachineTrap(Reason.TABLE_BOUNDS);
    }
  }
}

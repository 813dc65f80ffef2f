package io.kogluktualuk.computenode.vm.run;

import org.jspecify.annotations.Nullable;

/// The arguments of a call of the host, and then its results, where they are more than some
/// numbers.
///
/// A value has the place of its number among the arguments or results, vectors counting twice,
/// lower half first. Setting a result overwrites the argument at the same place.
///
/// **Threading:** only the guest's thread, inside a host function.
public final class HostValues {

  private final long[] numbers;
  private final @Nullable Object[] references;

  HostValues(long[] numbers, @Nullable Object[] references) {
    this.numbers = numbers;
    this.references = references;
  }

  /// Integers in the low bits, floats as raw bits.
  public long number(int place) {
    return numbers[place];
  }

  public void setNumber(int place, long value) {
    numbers[place] = value;
  }

  /// What a host gave, or a reference to a function, which a host can only pass on.
  public @Nullable Object reference(int place) {
    return references[place];
  }

  public void setReference(int place, @Nullable Object value) {
    references[place] = value;
  }
}

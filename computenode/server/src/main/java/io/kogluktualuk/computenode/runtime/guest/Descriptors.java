package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Small numbers for open things; the lowest free one is given out.
///
/// **Threading:** the guest's thread. **Bound:** a number of entries; beyond it MFILE.
final class Descriptors<T> {

  private final int max;
  private final List<@Nullable T> open = new ArrayList<>();

  /// How many numbers in the list are free.
  private int gaps;

  Descriptors(int max) {
    this.max = max;
  }

  int add(T value) {
    if (gaps > 0) {
      int free = open.indexOf(null);
      open.set(free, value);
      gaps--;
      return free;
    }
    if (open.size() >= max) {
      throw new FileError(Errno.MFILE);
    }
    open.add(value);
    return open.size() - 1;
  }

  T get(int number) {
    T value = number >= 0 && number < open.size() ? open.get(number) : null;
    if (value == null) {
      throw new FileError(Errno.BADF);
    }
    return value;
  }

  /// Frees a number; returns what it stood for.
  T close(int number) {
    T value = get(number);
    free(number);
    return value;
  }

  /// Gives what is open as `from` the number `to`; returns what that stood for.
  T move(int from, int to) {
    T value = get(from);
    T replaced = get(to);
    if (from != to) {
      free(from);
      open.set(to, value);
    }
    return replaced;
  }

  private void free(int number) {
    open.set(number, null);
    gaps++;
  }

  /// Visits all that is open.
  void forEach(Consumer<T> visitor) {
    for (T value : open) {
      if (value != null) {
        visitor.accept(value);
      }
    }
  }

  /// All that is open.
  Stream<T> stream() {
    return open.stream().filter(Objects::nonNull).map(Objects::requireNonNull);
  }
}

package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Short numbers for the names of producers, in the order in which they first appeared.
///
/// **Threading:** one writer; no reader meanwhile. **Bound:** [#NAMES_MAX].
final class Producers {

  static final int NAMES_MAX = 100_000;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private List<String> namesNow = List.of();

  /// The name that was asked for last: producers record many memos in a row.
  private String last = "";

  private int numberOfLast;

  void checkRoom(String name) {
    if (names.size() >= NAMES_MAX && !numbers.containsKey(name)) {
      throw new OutOfSpace("more than " + NAMES_MAX + " producers have recorded outcomes");
    }
  }

  /// The number of a name, a fresh one when it is new.
  int number(String name) {
    if (name.equals(last)) {
      return numberOfLast;
    }
    last = name;
    numberOfLast = find(name);
    return numberOfLast;
  }

  private int find(String name) {
    Integer known = numbers.putIfAbsent(name, names.size());
    if (known != null) {
      return known;
    }
    names.add(name);
    return names.size() - 1;
  }

  /// All names by number. The list never changes.
  List<String> names() {
    if (namesNow.size() != names.size()) {
      namesNow = List.copyOf(names);
    }
    return namesNow;
  }

  void clear() {
    numbers.clear();
    names.clear();
    namesNow = List.of();
    last = "";
  }
}

package io.kogluktualuk.controlplane.model.actions;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Short numbers for the names of those who recorded the memos that there are. A name of which
/// the last memo is forgotten is forgotten too, and its number given to another: so how many
/// there are follows from the memos alone, and is the same after a snapshot.
///
/// **Threading:** one writer; no reader meanwhile. **Bound:** [#NAMES_MAX].
final class Producers {

  static final int NAMES_MAX = 100_000;

  private static final class Producer {
    private final String name;
    private final int number;
    private int memos;

    private Producer(String name, int number) {
      this.name = name;
      this.number = number;
    }
  }

  private final Map<String, Producer> byName = new HashMap<>();

  /// Free numbers keep whoever had them last.
  private final List<Producer> byNumber = new ArrayList<>();

  private final Deque<Integer> free = new ArrayDeque<>();
  private List<String> namesNow = List.of();
  private boolean isChanged;

  /// Who was asked for last: producers record many memos in a row.
  private Producer last = new Producer("", -1);

  /// Whether one more memo of that name may be taken.
  boolean hasRoomFor(String name) {
    return byName.size() < NAMES_MAX || byName.containsKey(name);
  }

  /// The number of a name, which has one memo more from now on.
  int take(String name) {
    if (!name.equals(last.name)) {
      last = byName.computeIfAbsent(name, this::fresh);
    }
    last.memos++;
    return last.number;
  }

  /// A memo of the producer with a number is forgotten.
  void release(int number) {
    Producer producer = byNumber.get(number);
    producer.memos--;
    if (producer.memos == 0) {
      byName.remove(producer.name);
      free.add(number);
      last = new Producer("", -1);
    }
  }

  private Producer fresh(String name) {
    isChanged = true;
    Integer freed = free.poll();
    Producer producer = new Producer(name, freed == null ? byNumber.size() : freed);
    if (freed == null) {
      byNumber.add(producer);
    } else {
      byNumber.set(freed, producer);
    }
    return producer;
  }

  /// How many there are.
  int size() {
    return byName.size();
  }

  /// All names by number. The list never changes.
  List<String> names() {
    if (isChanged) {
      namesNow = byNumber.stream().map(producer -> producer.name).toList();
      isChanged = false;
    }
    return namesNow;
  }

  void clear() {
    byName.clear();
    byNumber.clear();
    free.clear();
    isChanged = true;
    last = new Producer("", -1);
  }
}

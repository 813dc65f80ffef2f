package io.kogluktualuk.computenode.vm.gate;

import org.jspecify.annotations.Nullable;

/// The constants of a class file: where they lie, and of which kinds they are.
///
/// Only kinds are read that the compiler writes: no method handles, no dynamic constants or
/// calls, no methods of interfaces, no modules.
///
/// **Threading:** immutable once made.
final class ConstantPool {

  static final int UTF8 = 1;
  static final int INTEGER = 3;
  static final int FLOAT = 4;
  static final int LONG = 5;
  static final int DOUBLE = 6;
  static final int CLASS = 7;
  static final int STRING = 8;
  static final int FIELD = 9;
  static final int METHOD = 10;
  static final int NAME_AND_TYPE = 12;

  private final ClassCursor cursor;
  private final byte[] tags;
  // Of each constant, the first byte behind its tag.
  private final int[] places;
  private final @Nullable String[] texts;

  private ConstantPool(ClassCursor cursor, int count) {
    this.cursor = cursor;
    this.tags = new byte[count];
    this.places = new int[count];
    this.texts = new String[count];
  }

  static ConstantPool read(ClassCursor cursor) {
    int count = cursor.u2();
    ConstantPool pool = new ConstantPool(cursor, count);
    for (int i = 1; i < count; i++) {
      int tag = cursor.u1();
      pool.tags[i] = (byte) tag;
      pool.places[i] = cursor.position();
      switch (tag) {
        case UTF8 -> cursor.skip(cursor.u2());
        case INTEGER, FLOAT, FIELD, METHOD, NAME_AND_TYPE -> cursor.skip(4);
        case LONG, DOUBLE -> {
          cursor.skip(8);
          // These take two numbers, of which the second names nothing.
          i++;
        }
        case CLASS, STRING -> cursor.skip(2);
        default -> throw cursor.refused("a constant of kind " + tag);
      }
    }
    return pool;
  }

  /// Numbers of constants are below this.
  int size() {
    return tags.length;
  }

  /// 0 for numbers that name nothing.
  int tag(int index) {
    return index < tags.length ? tags[index] : 0;
  }

  private int place(int index, int tag) {
    if (tag(index) != tag) {
      throw cursor.refused(
          "constant " + index + " should be of kind " + tag + ", found " + tag(index));
    }
    return places[index];
  }

  String text(int index) {
    int place = place(index, UTF8);
    String known = texts[index];
    if (known == null) {
      known = cursor.text(place + 2, cursor.u2At(place));
      texts[index] = known;
    }
    return known;
  }

  String className(int index) {
    return text(cursor.u2At(place(index, CLASS)));
  }

  /// The class that a field or method is said to belong to.
  String owner(int index) {
    return className(cursor.u2At(places[index]));
  }

  String memberName(int index) {
    return text(cursor.u2At(nameAndType(index)));
  }

  String memberType(int index) {
    return text(cursor.u2At(nameAndType(index) + 2));
  }

  private int nameAndType(int index) {
    return place(cursor.u2At(places[index] + 2), NAME_AND_TYPE);
  }
}

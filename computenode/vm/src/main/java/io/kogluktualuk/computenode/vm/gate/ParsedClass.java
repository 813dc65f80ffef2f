package io.kogluktualuk.computenode.vm.gate;

import io.kogluktualuk.computenode.vm.compile.ClassShape;
import io.kogluktualuk.computenode.vm.compile.ClassShape.MethodShape;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences;
import java.lang.classfile.ClassFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A class file that has the shape it should have; its code has not been looked at.
///
/// **Threading:** one thread. **Bound:** its memory is linear in the bytes.
///
/// @param methods all of them, in order
record ParsedClass(
    ClassShape shape, ClassCursor cursor, ConstantPool pool, List<ParsedMethod> methods) {

  private static final int MAGIC = 0xCAFEBABE;
  private static final int CODE_BYTES_MAX = 65_535;

  /// The compiler writes a handler for each type that is caught.
  private static final int HANDLERS_MAX = OutsideReferences.caught().size();

  /// Of a method, its frames times the values of each: the JVM keeps that many when it verifies.
  private static final long FRAME_VALUES_MAX = 1 << 24;

  /// @param start of the code in the class file
  /// @param end behind it
  record ParsedMethod(String name, MethodShape shape, int start, int end) {}

  static ParsedClass parse(ClassShape shape, byte[] bytes) {
    ClassCursor cursor = new ClassCursor(shape.name(), bytes);
    cursor.require(cursor.length() == MAGIC, "a class file", "other bytes");
    int version = cursor.length();
    cursor.require(version == ClassFile.latestMajorVersion(), "this JDK's version", version);
    ConstantPool pool = ConstantPool.read(cursor);
    ParsedClass parsed = new ParsedClass(shape, cursor, pool, new ArrayList<>());
    parsed.readHead();
    parsed.readFields();
    parsed.readMethods();
    parsed.requireNoAttributes();
    cursor.require(cursor.atEnd(), "the end", "more bytes");
    return parsed;
  }

  private void readHead() {
    int flags = cursor.u2();
    cursor.require(flags == ClassShape.FLAGS, "flags " + ClassShape.FLAGS, flags);
    String name = pool.className(cursor.u2());
    cursor.require(name.equals(shape.name()), "its own name", name);
    String superclass = pool.className(cursor.u2());
    cursor.require(superclass.equals(shape.superclass()), shape.superclass(), superclass);
    int interfaces = cursor.u2();
    cursor.require(interfaces == 0, "no interfaces", interfaces);
  }

  private void requireNoAttributes() {
    int attributes = cursor.u2();
    cursor.require(attributes == 0, "no attributes", attributes);
  }

  private void readFields() {
    int count = cursor.u2();
    cursor.require(count == shape.fields().size(), "a field for each global", count);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      int flags = cursor.u2();
      cursor.require(flags == ClassShape.FIELD_FLAGS, "a public field", flags);
      String name = pool.text(cursor.u2());
      cursor.require(names.add(name), "fields of different names", name);
      String type = pool.text(cursor.u2());
      cursor.require(type.equals(shape.fields().get(name)), "the type of a global", type, name);
      requireNoAttributes();
    }
  }

  private void readMethods() {
    int count = cursor.u2();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      int flags = cursor.u2();
      String name = pool.text(cursor.u2());
      String type = pool.text(cursor.u2());
      MethodShape expected = shape.method(name);
      if (expected == null) {
        throw cursor.refused("a method " + name);
      }
      cursor.require(names.add(name), "methods of different names", name);
      cursor.require(type.equals(expected.type()), expected.type(), type, name);
      cursor.require(flags == expected.flags(), "the flags of its kind", flags, name);
      methods.add(readCode(name, expected));
    }
    for (String name : shape.methods().keySet()) {
      cursor.require(names.contains(name), "a method for each function", "none", name);
    }
  }

  private ParsedMethod readCode(String name, MethodShape expected) {
    int attributes = cursor.u2();
    cursor.require(attributes == 1, "nothing but code", attributes, name);
    int end = endOfAttribute("Code");
    int values = cursor.u2() + cursor.u2();
    int length = cursor.length();
    cursor.require(length > 0 && length <= CODE_BYTES_MAX, "code", length, name);
    int start = cursor.skip(length);
    readHandlers();
    readFrames(values);
    cursor.require(cursor.position() == end, "the end of the attribute", end, name);
    return new ParsedMethod(name, expected, start, start + length);
  }

  /// Where the attribute that begins here ends, which must be inside the file.
  private int endOfAttribute(String name) {
    String found = pool.text(cursor.u2());
    cursor.require(found.equals(name), name, found);
    int length = cursor.length();
    int start = cursor.position();
    boolean isInside = length >= 0 && length <= cursor.bytes().length - start;
    cursor.require(isInside, "a length inside the file", length, name);
    return start + length;
  }

  private void readHandlers() {
    int count = cursor.u2();
    cursor.require(count <= HANDLERS_MAX, "a handler for each trap", count);
    for (int i = 0; i < count; i++) {
      cursor.skip(6);
      String caught = pool.className(cursor.u2());
      cursor.require(OutsideReferences.caught().contains(caught), "a trap to catch", caught);
    }
  }

  private void readFrames(int values) {
    int attributes = cursor.u2();
    cursor.require(attributes <= 1, "nothing but frames", attributes);
    if (attributes == 1) {
      int end = endOfAttribute("StackMapTable");
      int frames = cursor.u2();
      cursor.require((long) frames * values <= FRAME_VALUES_MAX, "frames of few values", frames);
      cursor.skip(end - cursor.position());
    }
  }
}

package io.kogluktualuk.computenode.vm.gate;

import io.kogluktualuk.computenode.vm.compile.OutsideReferences;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences.Reference;
import java.util.Map;
import java.util.Set;

/// Which instructions of a class may use which of its constants.
///
/// Every constant that names a class, field or method must be permitted for something, whether
/// code uses it or not.
///
/// **Threading:** immutable once made.
final class Permits {

  static final int GETSTATIC = 178;
  static final int INVOKESTATIC = 184;

  /// A field or method, without the way it is used.
  ///
  /// @param owner with slashes
  record Member(String owner, String name, String type) {

    @Override
    public int hashCode() {
      return (owner.hashCode() * 31 + name.hashCode()) * 31 + type.hashCode();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Member(String otherOwner, String otherName, String otherType)
          && name.equals(otherName)
          && type.equals(otherType)
          && owner.equals(otherOwner);
    }

    static Member of(Reference reference) {
      return new Member(reference.owner(), reference.name(), reference.type());
    }
  }

  /// A bit for each instruction from `getstatic` to `invokestatic`.
  static int bit(int opcode) {
    return 1 << (opcode - GETSTATIC);
  }

  private final ConstantPool pool;
  private final byte[] uses;

  private Permits(ConstantPool pool) {
    this.pool = pool;
    this.uses = new byte[pool.size()];
  }

  /// @param members what may be used, and how, by [#bit]
  /// @param own what this class alone may use
  /// @param types classes that may be named
  /// @throws io.kogluktualuk.fabric.fault.MalformedEncoding at the first constant that names
  ///     something else
  static Permits of(
      ParsedClass parsed,
      Map<Member, Integer> members,
      Map<Member, Integer> own,
      Set<String> types) {
    ConstantPool pool = parsed.pool();
    Permits permits = new Permits(pool);
    for (int i = 1; i < pool.size(); i++) {
      switch (pool.tag(i)) {
        case ConstantPool.CLASS -> {
          String name = pool.className(i);
          parsed.cursor().require(types.contains(name), "a class it may name", name);
        }
        case ConstantPool.FIELD, ConstantPool.METHOD -> {
          Member member = new Member(pool.owner(i), pool.memberName(i), pool.memberType(i));
          Integer allowed = members.getOrDefault(member, own.get(member));
          if (allowed == null) {
            throw parsed.cursor().refused("it may not use " + member);
          }
          permits.uses[i] = allowed.byteValue();
        }
        default -> {}
      }
    }
    return permits;
  }

  boolean allows(int opcode, int constant) {
    return constant < uses.length && (uses[constant] & bit(opcode)) != 0;
  }

  /// Whether it is a number or text for one slot.
  boolean isShort(int constant) {
    int tag = pool.tag(constant);
    return tag == ConstantPool.INTEGER || tag == ConstantPool.FLOAT || tag == ConstantPool.STRING;
  }

  /// Whether it is a number for two slots.
  boolean isLong(int constant) {
    int tag = pool.tag(constant);
    return tag == ConstantPool.LONG || tag == ConstantPool.DOUBLE;
  }

  boolean isElement(int constant) {
    return isClass(constant, OutsideReferences.elements());
  }

  boolean isCastTo(int constant) {
    return isClass(constant, OutsideReferences.castTo());
  }

  private boolean isClass(int constant, String name) {
    return pool.tag(constant) == ConstantPool.CLASS && pool.className(constant).equals(name);
  }
}

package io.kogluktualuk.computenode.vm.gate;

import io.kogluktualuk.computenode.vm.compile.ClassShape;
import io.kogluktualuk.computenode.vm.compile.ClassShapes;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences.Reference;
import io.kogluktualuk.computenode.vm.gate.ParsedClass.ParsedMethod;
import io.kogluktualuk.computenode.vm.gate.Permits.Member;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.lang.classfile.Opcode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;

/// Lets compiled classes of others pass if the compiler could have written their like for this
/// module: the same classes, fields and methods, which use nothing but what compiled code uses.
///
/// So they reach no file, socket, thread, class or reflection, and keep nothing between runs
/// outside of their instance. The JVM's verifier then guarantees the types. What the gate does
/// not see is whether they compute what the module says, or count its fuel: who made them is
/// believed in that.
///
/// **Threading:** stateless; classes are looked at on all cores, by the JVM's common pool.
/// **Bound:** time and memory are linear in the bytes.
public final class CodeGate {

  private static final int READ_WRITE =
      Permits.bit(Opcode.GETFIELD.bytecode()) | Permits.bit(Opcode.PUTFIELD.bytecode());

  private final Map<Member, Integer> members = new HashMap<>();
  private final Set<String> types;

  private CodeGate() {
    OutsideReferences outside = OutsideReferences.INSTANCE;
    this.types = new HashSet<>(outside.types());
    for (Reference each : outside.references()) {
      members.merge(Member.of(each), Permits.bit(each.opcode()), (one, other) -> one | other);
    }
  }

  /// @param module whose sections have been decoded; its code need not have been validated
  /// @param classes class files by name
  /// @throws MalformedEncoding naming the class and what it may not have
  public static void check(DecodedModule module, SortedMap<String, byte[]> classes) {
    SortedMap<String, ClassShape> shapes = ClassShapes.of(module);
    if (!shapes.keySet().equals(classes.keySet())) {
      throw new MalformedEncoding(
          "compiled code has other classes than its module: expected "
              + shapes.size()
              + ", found "
              + classes.size());
    }
    List<ParsedClass> parsed = new ArrayList<>();
    classes.forEach(
        (name, file) ->
            parsed.add(ParsedClass.parse(Objects.requireNonNull(shapes.get(name)), file)));
    CodeGate gate = new CodeGate();
    parsed.forEach(gate::add);
    parsed.parallelStream().forEach(gate::check);
  }

  /// What a class has may be used by the others, if it is not private.
  private void add(ParsedClass parsed) {
    ClassShape shape = parsed.shape();
    types.add(shape.name());
    shape.fields().forEach((name, type) -> members.put(member(shape, name, type), READ_WRITE));
    for (ParsedMethod method : parsed.methods()) {
      if (method.shape().isStatic()) {
        Member member = member(shape, method.name(), method.shape().type());
        members.put(member, Permits.bit(Opcode.INVOKESTATIC.bytecode()));
      }
    }
  }

  private static Member member(ClassShape shape, String name, String type) {
    return new Member(shape.name(), name, type);
  }

  private void check(ParsedClass parsed) {
    Permits permits = Permits.of(parsed, members, ownMembers(parsed.shape()), types);
    CodeScan scan = new CodeScan(parsed.cursor(), permits);
    parsed.methods().forEach(scan::scan);
  }

  /// What this class alone may use: its private methods, and the constructor of its superclass.
  private static Map<Member, Integer> ownMembers(ClassShape shape) {
    Map<Member, Integer> own = new HashMap<>();
    shape
        .methods()
        .forEach(
            (name, method) -> {
              if (method.isPrivate()) {
                int bit = Permits.bit(Opcode.INVOKEVIRTUAL.bytecode());
                own.put(member(shape, name, method.type()), bit);
              }
            });
    Reference constructor = OutsideReferences.constructor();
    if (shape.superclass().equals(constructor.owner())) {
      own.put(Member.of(constructor), Permits.bit(constructor.opcode()));
    }
    return own;
  }
}

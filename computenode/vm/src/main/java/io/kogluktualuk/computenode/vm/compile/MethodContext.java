package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;

/// What the parts of the compiler share while they write one method.
///
/// Every method ends in the parameters *instance*, *depth* and *fuel*. The fuel stays in that
/// variable; it is put into the instance when the method is left, and around what charges. The
/// array of the memory and its size are kept in variables too, and read again when something may
/// have moved the memory.
///
/// **Threading:** one thread, one method.
final class MethodContext {

  final DecodedModule module;
  final ClassLayout layout;
  final CodePlan plan;
  final CodeBuilder code;
  final OperandStack stack;
  final int instance;
  final int depth;
  final int fuel;
  final int bytes;
  final int size;

  /// Whether the variables of the memory are as the instance has them.
  boolean memoryKnown;

  MethodContext(
      DecodedModule module, ClassLayout layout, CodePlan plan, CodeBuilder code, int parameters) {
    this.module = module;
    this.layout = layout;
    this.plan = plan;
    this.code = code;
    this.stack = new OperandStack(code);
    this.instance = code.parameterSlot(parameters);
    this.depth = code.parameterSlot(parameters + 1);
    this.fuel = code.parameterSlot(parameters + 2);
    this.bytes =
        plan.usesMemory() ? code.allocateLocal(java.lang.classfile.TypeKind.REFERENCE) : -1;
    this.size = plan.usesMemory() ? code.allocateLocal(java.lang.classfile.TypeKind.INT) : -1;
  }

  // ---- memory ------------------------------------------------------------------------------

  /// Reads the variables of the memory again, unless they are known to be right.
  void knowMemory() {
    if (!memoryKnown && bytes >= 0) {
      code.aload(instance).dup().getfield(Machine.INSTANCE, "bytes", Machine.BYTES).astore(bytes);
      code.getfield(Machine.INSTANCE, "size", CD_int).istore(size);
      memoryKnown = true;
    }
  }

  // ---- fuel --------------------------------------------------------------------------------

  void putFuelAside() {
    code.aload(instance).lload(fuel).putfield(Machine.INSTANCE, "fuel", CD_long);
  }

  /// Takes the fuel from the instance and charges a piece.
  void takeFuelBack(int cost) {
    code.aload(instance).getfield(Machine.INSTANCE, "fuel", CD_long);
    if (cost > 0) {
      code.loadConstant((long) cost).lsub();
    }
    code.lstore(fuel);
  }

  void charge(int cost) {
    if (cost > 0) {
      code.lload(fuel).loadConstant((long) cost).lsub().lstore(fuel);
    }
  }

  /// Charges a piece and looks whether any fuel is left.
  void chargeAndLook(int cost) {
    Label enough = code.newLabel();
    code.lload(fuel);
    if (cost > 0) {
      code.loadConstant((long) cost).lsub().dup2().lstore(fuel);
    }
    code.lconst_0().lcmp().ifge(enough);
    code.aload(instance).lload(fuel).invokevirtual(Machine.INSTANCE, "refuel", Machine.REFUEL);
    code.lstore(fuel).labelBinding(enough);
  }
}

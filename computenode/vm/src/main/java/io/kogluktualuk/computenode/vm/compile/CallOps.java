package io.kogluktualuk.computenode.vm.compile;

import static java.lang.constant.ConstantDescs.CD_int;

import io.kogluktualuk.computenode.vm.module.Signature;
import java.lang.classfile.CodeBuilder;
import java.util.List;

/// Calls: the arguments, then the instance, the depth and the fuel, all as parameters of the JVM.
/// The callee leaves its fuel in the instance.
final class CallOps {

  private CallOps() {}

  /// @param next the cost of the piece behind the call
  static void call(MethodContext context, int function, int next) {
    Signature signature = context.layout.signatureOf(function);
    pass(context, signature);
    context.code.invokestatic(
        context.layout.classOf(function),
        ClassLayout.methodOf(function),
        ClassLayout.typeOf(signature));
    after(context, signature, next);
  }

  private static void pass(MethodContext context, Signature signature) {
    int count = signature.parameters().size();
    context.stack.settle(count);
    context.stack.drop(count);
    context.code.aload(context.instance).iload(context.depth).lload(context.fuel);
  }

  private static void after(MethodContext context, Signature signature, int next) {
    context.memoryKnown = false;
    context.takeFuelBack(next);
    if (signature.results().size() == 1) {
      context.stack.push(signature.results().getFirst());
    } else {
      Results.load(context, signature.results());
    }
  }

  static void callIndirect(MethodContext context, int type, int table, int next) {
    Signature signature = context.layout.type(type);
    int canonical = context.layout.canonical(type);
    OperandStack stack = context.stack;
    CodeBuilder code = context.code;
    Operand index = stack.take(0);
    int count = signature.parameters().size();
    stack.settle(count);
    stack.drop(count);
    context.putFuelAside();
    code.aload(context.instance);
    stack.load(index);
    code.loadConstant(table).loadConstant(canonical);
    code.invokevirtual(Machine.INSTANCE, "callee", Machine.ints(CD_int, 3));
    code.aload(context.instance).iload(context.depth).lload(context.fuel);
    code.invokestatic(
        IndirectCalls.classOf(canonical),
        IndirectCalls.methodOf(canonical),
        ClassLayout.typeOf(signature, List.of(CD_int)));
    after(context, signature, next);
  }
}

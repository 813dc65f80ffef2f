package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.util.List;

/// Returns from a function: one result as the JVM does, more of them through the instance.
final class FunctionExits implements Exits {

  private final MethodContext context;
  private final List<ValueType> results;

  FunctionExits(MethodContext context, List<ValueType> results) {
    this.context = context;
    this.results = results;
  }

  @Override
  public void leave(ControlFrame target, int index) {
    CodeBuilder code = context.code;
    if (results.size() > 1) {
      Results.store(context, results);
    }
    context.putFuelAside();
    if (results.size() == 1) {
      code.return_(JvmTypes.kind(results.getFirst()));
    } else {
      code.return_(TypeKind.VOID);
    }
  }
}

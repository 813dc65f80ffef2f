package io.kogluktualuk.computenode.vm.run;

import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.CallResult;
import run.endive.runtime.Instance;
import run.endive.runtime.MStack;
import run.endive.runtime.StackFrame;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

/// The reference engine's interpreter, made to call functions of other instances: where it calls a
/// stand-in of `Metering`, it calls whom that stands for.
///
/// **Threading:** the guest's thread.
final class ReferenceMachine extends ReferenceVectors {

  private final ReferenceGuest<?> guest;

  ReferenceMachine(Instance instance, ReferenceGuest<?> guest) {
    super(instance);
    this.guest = guest;
  }

  @Override
  protected long @Nullable [] call(
      MStack stack,
      Instance instance,
      Deque<StackFrame> callStack,
      int funcId,
      long[] args,
      @Nullable Object @Nullable [] refArgs,
      @Nullable FunctionType callType,
      boolean popResults)
      throws WasmEngineException {
    if (!guest.isStandIn(funcId)) {
      return super.call(stack, instance, callStack, funcId, args, refArgs, callType, popResults);
    }
    CallResult results = guest.callMeant(args, refArgs);
    push(stack, instance.type(instance.functionType(funcId)).returns(), results);
    return null;
  }

  private static void push(MStack stack, List<ValType> types, CallResult results) {
    int place = 0;
    for (ValType type : types) {
      if (type.equals(ValType.ExternRef)) {
        stack.pushRef(results.refResult(place));
      } else {
        stack.push(results.longResult(place));
      }
      if (type.equals(ValType.V128)) {
        place++;
        stack.push(results.longResult(place));
      }
      place++;
    }
  }
}

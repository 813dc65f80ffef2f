package io.kogluktualuk.computenode.vm.compile;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;

/// Leaves a chunk: what was written and what is carried go to the shared frame, and the caller is
/// told where to go on.
///
/// **Threading:** one thread, one chunk.
final class ChunkExits implements Exits {

  private final MethodContext context;
  private final SharedFrame frame;
  private final Chunk chunk;
  private final int[] slots;
  private final Label epilogue;
  private final int next;

  ChunkExits(MethodContext context, SharedFrame frame, Chunk chunk, int[] slots) {
    this.context = context;
    this.frame = frame;
    this.chunk = chunk;
    this.slots = slots;
    this.epilogue = context.code.newLabel();
    this.next = context.code.allocateLocal(TypeKind.INT);
  }

  @Override
  public void leave(ControlFrame target, int index) {
    frame.storeCarried(target.carried());
    OperandStack stack = context.stack;
    stack.popRange(0, stack.height() - target.carried().size());
    context.code.loadConstant(index + 1).istore(next).goto_(epilogue);
  }

  /// The end of the chunk, reached or not.
  void finish(boolean reachable) {
    CodeBuilder code = context.code;
    if (reachable) {
      code.iconst_0().istore(next);
    }
    if (reachable || !chunk.exits().isEmpty()) {
      code.labelBinding(epilogue);
      frame.storeVariables(chunk.written(), slots);
      context.putFuelAside();
      code.iload(next).ireturn();
    }
  }
}

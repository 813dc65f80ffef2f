package io.kogluktualuk.computenode.vm.compile;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Calls of chunks, in place of their statements.
///
/// **Threading:** one thread, one method.
///
/// @param slots the variables of the function in this method
/// @param current the chunk that this method is, or null
/// @param around is told what is open around each chunk that is called
record ChunkCalls(
    MethodContext context,
    ControlFlow flow,
    SharedFrame frame,
    int[] slots,
    ChunkPlan plan,
    @Nullable Chunk current,
    Map<Chunk, List<ControlFrame>> around,
    ClassDesc owner,
    Function<Chunk, String> names) {

  /// Calls the chunk that begins at the position, if one does; where to go on, or -1.
  int callAt(int position) {
    Chunk chunk = plan.at(position, current);
    if (chunk == null) {
      return -1;
    }
    around.put(chunk, flow.openFrames());
    CodeBuilder code = context.code;
    context.stack.flush();
    frame.storeVariables(chunk.used(), slots);
    code.aload(context.instance).iload(context.depth).lload(context.fuel);
    code.aload(frame.numbers()).aload(frame.references());
    code.invokestatic(owner, names.apply(chunk), SharedFrame.CHUNK);
    int next = context.stack.scratch(TypeKind.INT, 3);
    code.istore(next);
    context.memoryKnown = false;
    context.takeFuelBack(0);
    frame.loadVariables(chunk.written(), slots);
    flow.follow(chunk, frame, next);
    return chunk.end();
  }
}

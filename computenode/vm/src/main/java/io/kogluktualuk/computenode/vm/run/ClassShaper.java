package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import java.util.ListIterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/// Improves the classes that the engine's compiler makes of metered functions.
///
/// * The memory is cast to [FlatMemory] once, at the start, so that the JVM knows its class.
/// * The cells of `Metering` become fields of the memory instead of the engine's globals.
/// * The innermost function that is left by a throw puts its fuel aside, for the trap to report.
/// * The engine's checks for interruption, one volatile load per turn of a loop, go: fuel comes by
///   often enough to cancel a guest.
///
/// Without any of this the result would be the same but for the fuel reported by traps; the
/// interpreter, which sees none of it, runs functions that were metered for it.
final class ClassShaper {

  private static final String MEMORY = Type.getInternalName(FlatMemory.class);
  private static final String ENGINE_MEMORY = "Lrun/endive/runtime/Memory;";
  private static final String FUNCTIONS_CLASS = "FuncGroup_";
  private static final String FUNCTION_PREFIX = "func_";

  private final MethodNode method;
  private final int globals;
  private final int memorySlot;
  private int fuelSlot = -1;
  private @Nullable LabelNode fuelTaken;

  private ClassShaper(MethodNode method, int globals, int memorySlot) {
    this.method = method;
    this.globals = globals;
    this.memorySlot = memorySlot;
  }

  /// Shapes those of the classes that hold functions; the rest passes as it is.
  static SortedMap<String, byte[]> shapeAll(Map<String, byte[]> classes, int globals) {
    SortedMap<String, byte[]> shaped = new TreeMap<>();
    classes.forEach(
        (name, bytes) ->
            shaped.put(
                name.replace('/', '.'),
                name.contains(FUNCTIONS_CLASS) ? shape(bytes, globals) : bytes));
    return shaped;
  }

  private static byte[] shape(byte[] bytes, int globals) {
    ClassNode node = new ClassNode();
    // Frames are computed anew; names of lines and variables there are none.
    new ClassReader(bytes).accept(node, ClassReader.SKIP_FRAMES | ClassReader.SKIP_DEBUG);
    for (MethodNode method : node.methods) {
      int memorySlot = memorySlot(method);
      if (memorySlot >= 0) {
        new ClassShaper(method, globals, memorySlot).shape();
      }
    }
    ClassWriter writer = new Writer();
    node.accept(writer);
    return writer.toByteArray();
  }

  /// The variable with the memory, the last parameter but one; -1 for methods that are no
  /// functions.
  private static int memorySlot(MethodNode method) {
    Type[] parameters = Type.getArgumentTypes(method.desc);
    int count = parameters.length;
    if (!method.name.startsWith(FUNCTION_PREFIX)
        || count < 2
        || !parameters[count - 2].getDescriptor().equals(ENGINE_MEMORY)) {
      return -1;
    }
    int slot = 0;
    for (int i = 0; i < count - 2; i++) {
      slot += parameters[i].getSize();
    }
    return slot;
  }

  private void shape() {
    ListIterator<AbstractInsnNode> all = method.instructions.iterator();
    while (all.hasNext()) {
      if (all.next() instanceof MethodInsnNode call && call.getOpcode() == Opcodes.INVOKESTATIC) {
        replace(call);
      }
    }
    LabelNode start = fuelTaken;
    if (start == null) {
      // An imported or an interpreted function.
      start = new LabelNode();
      method.instructions.insert(start);
    }
    method.instructions.insert(castMemory());
    settleOnThrow(start);
  }

  private InsnList castMemory() {
    InsnList list = new InsnList();
    list.add(new VarInsnNode(Opcodes.ALOAD, memorySlot));
    list.add(new TypeInsnNode(Opcodes.CHECKCAST, MEMORY));
    list.add(new VarInsnNode(Opcodes.ASTORE, memorySlot));
    return list;
  }

  private void replace(MethodInsnNode call) {
    switch (call.name) {
      case "checkInterruption" -> method.instructions.remove(call);
      case "readGlobal", "writeGlobal" -> {
        Cell cell = cellOf(call);
        if (cell != null) {
          boolean reads = call.name.equals("readGlobal");
          noteFuelSlot(call, cell, reads);
          replaceAccess(call, reads ? read(cell) : write(cell));
        }
      }
      default -> {}
    }
  }

  /// The cell that a global access means: its index is pushed two instructions earlier.
  private @Nullable Cell cellOf(MethodInsnNode call) {
    int cell = constant(call.getPrevious().getPrevious()) - globals;
    return cell >= 0 ? Cell.values()[cell] : null;
  }

  private static int constant(AbstractInsnNode push) {
    return switch (push) {
      case IntInsnNode small -> small.operand;
      case LdcInsnNode large -> (Integer) large.cst;
      default -> push.getOpcode() - Opcodes.ICONST_0;
    };
  }

  /// The first time that fuel is taken from its cell, it goes to the function's own variable.
  private void noteFuelSlot(MethodInsnNode call, Cell cell, boolean reads) {
    if (cell != Cell.FUEL || !reads || fuelTaken != null) {
      return;
    }
    AbstractInsnNode next = call.getNext();
    while (next.getOpcode() != Opcodes.LSTORE) {
      next = next.getNext();
    }
    fuelSlot = ((VarInsnNode) next).var;
    fuelTaken = new LabelNode();
    method.instructions.insert(next, fuelTaken);
  }

  private void replaceAccess(MethodInsnNode call, InsnList replacement) {
    AbstractInsnNode instance = call.getPrevious();
    method.instructions.remove(instance.getPrevious());
    method.instructions.remove(instance);
    method.instructions.insert(call, replacement);
    method.instructions.remove(call);
  }

  private InsnList read(Cell cell) {
    InsnList list = new InsnList();
    list.add(new VarInsnNode(Opcodes.ALOAD, memorySlot));
    switch (cell) {
      case FUEL -> list.add(new FieldInsnNode(Opcodes.GETFIELD, MEMORY, "fuel", "J"));
      case DEPTH -> {
        list.add(new FieldInsnNode(Opcodes.GETFIELD, MEMORY, "depth", "I"));
        list.add(new InsnNode(Opcodes.I2L));
      }
      case REFUEL, OVERFLOW, ELEMENTS ->
          throw new IllegalStateException("the cell " + cell + " is never read");
    }
    return list;
  }

  private InsnList write(Cell cell) {
    return switch (cell) {
      case FUEL -> writeLong(new FieldInsnNode(Opcodes.PUTFIELD, MEMORY, "fuel", "J"));
      case REFUEL -> {
        InsnList list = writeLong(memoryCall("refuel", "(J)J"));
        list.add(new InsnNode(Opcodes.POP2));
        yield list;
      }
      case OVERFLOW -> writeLong(memoryCall("overflow", "(J)V"));
      case DEPTH -> writeInt(new FieldInsnNode(Opcodes.PUTFIELD, MEMORY, "depth", "I"));
      case ELEMENTS -> writeInt(memoryCall("chargeElements", "(I)V"));
    };
  }

  private static MethodInsnNode memoryCall(String name, String descriptor) {
    return new MethodInsnNode(Opcodes.INVOKEVIRTUAL, MEMORY, name, descriptor, false);
  }

  private InsnList writeLong(AbstractInsnNode use) {
    InsnList list = new InsnList();
    list.add(new VarInsnNode(Opcodes.ALOAD, memorySlot));
    list.add(new InsnNode(Opcodes.DUP_X2));
    list.add(new InsnNode(Opcodes.POP));
    list.add(use);
    return list;
  }

  private InsnList writeInt(AbstractInsnNode use) {
    InsnList list = new InsnList();
    list.add(new InsnNode(Opcodes.L2I));
    list.add(new VarInsnNode(Opcodes.ALOAD, memorySlot));
    list.add(new InsnNode(Opcodes.SWAP));
    list.add(use);
    return list;
  }

  private void settleOnThrow(LabelNode start) {
    LabelNode end = new LabelNode();
    InsnList code = method.instructions;
    code.add(end);
    code.add(new VarInsnNode(Opcodes.ALOAD, memorySlot));
    if (fuelSlot >= 0) {
      code.add(new VarInsnNode(Opcodes.LLOAD, fuelSlot));
    }
    code.add(memoryCall("unwind", fuelSlot >= 0 ? "(J)V" : "()V"));
    code.add(new InsnNode(Opcodes.ATHROW));
    method.tryCatchBlocks.add(new TryCatchBlockNode(start, end, end, null));
  }

  /// Joins of different classes do not occur but where either will do.
  private static final class Writer extends ClassWriter {

    Writer() {
      super(COMPUTE_FRAMES);
    }

    @Override
    protected String getCommonSuperClass(String one, String other) {
      return "java/lang/Object";
    }
  }
}

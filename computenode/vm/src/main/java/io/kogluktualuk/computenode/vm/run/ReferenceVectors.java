package io.kogluktualuk.computenode.vm.run;

import java.util.Deque;
import run.endive.runtime.Instance;
import run.endive.runtime.InterpreterMachine;
import run.endive.runtime.MStack;
import run.endive.runtime.Memory;
import run.endive.runtime.StackFrame;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.Instruction;

/// The vector instructions of the reference engine, whose interpreter has none.
///
/// Vectors are on its stack as two numbers, the lower lanes below the upper ones. Here each is
/// taken apart into lanes and computed one lane after another, in the words of the specification
/// and not in those of the compiler, which it is compared with.
///
/// **Threading:** the guest's thread.
class ReferenceVectors extends InterpreterMachine {

  private static final int PREFIX = 0xFD00;

  ReferenceVectors(Instance instance) {
    super(instance);
  }

  @Override
  protected void evalDefault(
      MStack stack,
      Instance instance,
      Deque<StackFrame> frames,
      Instruction instruction,
      Operands operands)
      throws WasmEngineException {
    int number = instruction.opcode().opcode() - PREFIX;
    if (number < 0 || number > 0xFF) {
      super.evalDefault(stack, instance, frames, instruction, operands);
    } else if (number <= 11 || (number >= 84 && number <= 93)) {
      access(number, stack, instance.memory(), operands);
    } else if (number == 12) {
      stack.push(operands.get(0));
      stack.push(operands.get(1));
    } else if (number == 13) {
      shuffle(stack, operands);
    } else if (number >= 15 && number <= 34) {
      lane(number, stack, operands);
    } else {
      ReferenceLanes.compute(number, stack);
    }
  }

  // ---- memory --------------------------------------------------------------------------------

  private static void access(int number, MStack stack, Memory memory, Operands operands) {
    if (number == 11) {
      store(stack, memory, operands);
    } else if (number >= 88 && number <= 91) {
      long lane = ReferenceLanes.pop(stack, 8 << number - 88)[(int) operands.get(3)];
      write(memory, readMemPtr(stack, operands), 1 << number - 88, lane);
    } else if (number >= 84 && number <= 87) {
      int width = 8 << number - 84;
      long[] lanes = ReferenceLanes.pop(stack, width);
      lanes[(int) operands.get(3)] = read(memory, readMemPtr(stack, operands), width / 8);
      ReferenceLanes.push(stack, width, lanes);
    } else {
      load(number, stack, memory, readMemPtr(stack, operands));
    }
  }

  private static void load(int number, MStack stack, Memory memory, int address) {
    switch (number) {
      case 0 -> {
        stack.push(memory.readLong(address));
        stack.push(memory.readLong(address + 8));
      }
      case 7, 8, 9, 10 -> {
        int width = 8 << number - 7;
        ReferenceLanes.push(
            stack, width, ReferenceLanes.repeat(width, read(memory, address, width / 8)));
      }
      case 92 -> ReferenceLanes.push(stack, 32, read(memory, address, 4), 0, 0, 0);
      case 93 -> ReferenceLanes.push(stack, 64, read(memory, address, 8), 0);
      default -> {
        int width = 8 << (number - 1) / 2;
        long[] narrow = ReferenceLanes.split(memory.readLong(address), 0, width);
        ReferenceLanes.push(
            stack, 2 * width, ReferenceLanes.widen(narrow, 0, width, number % 2 == 1));
      }
    }
  }

  private static void store(MStack stack, Memory memory, Operands operands) {
    long upper = stack.pop();
    long lower = stack.pop();
    int address = readMemPtr(stack, operands);
    long _ = memory.readLong(address + 8); // Traps before anything is written.
    memory.writeLong(address, lower);
    memory.writeLong(address + 8, upper);
  }

  private static long read(Memory memory, int address, int bytes) {
    return switch (bytes) {
      case 1 -> memory.read(address);
      case 2 -> memory.readShort(address);
      case 4 -> memory.readInt(address);
      default -> memory.readLong(address);
    };
  }

  private static void write(Memory memory, int address, int bytes, long value) {
    switch (bytes) {
      case 1 -> memory.writeByte(address, (byte) value);
      case 2 -> memory.writeShort(address, (short) value);
      case 4 -> memory.writeI32(address, (int) value);
      default -> memory.writeLong(address, value);
    }
  }

  // ---- single lanes --------------------------------------------------------------------------

  private static void shuffle(MStack stack, Operands operands) {
    long[] second = ReferenceLanes.pop(stack, 8);
    long[] first = ReferenceLanes.pop(stack, 8);
    long[] numbers = ReferenceLanes.split(operands.get(0), operands.get(1), 8);
    long[] result = new long[16];
    for (int i = 0; i < 16; i++) {
      int number = (int) numbers[i];
      result[i] = number < 16 ? first[number] : second[number - 16];
    }
    ReferenceLanes.push(stack, 8, result);
  }

  private static void lane(int number, MStack stack, Operands operands) {
    switch (number) {
      case 15, 16, 17, 18 -> splat(stack, 8 << number - 15);
      case 19 -> splat(stack, 32);
      case 20 -> splat(stack, 64);
      case 23, 26, 28, 30, 32, 34 -> {
        long value = stack.pop();
        long[] lanes = ReferenceLanes.pop(stack, width(number));
        lanes[(int) operands.get(0)] = value;
        ReferenceLanes.push(stack, width(number), lanes);
      }
      default -> {
        long lane = ReferenceLanes.pop(stack, width(number))[(int) operands.get(0)];
        boolean unsigned = number == 22 || number == 25;
        stack.push(unsigned ? ReferenceLanes.unsigned(lane, width(number)) : lane);
      }
    }
  }

  private static void splat(MStack stack, int width) {
    ReferenceLanes.push(stack, width, ReferenceLanes.repeat(width, stack.pop()));
  }

  private static int width(int number) {
    return switch (number) {
      case 21, 22, 23 -> 8;
      case 24, 25, 26 -> 16;
      case 27, 28, 31, 32 -> 32;
      default -> 64;
    };
  }
}

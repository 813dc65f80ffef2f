package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.Arrays;

/// Checks the code of functions: that it is made of instructions that are offered, and that every
/// operand has the type that is wanted.
///
/// One pass over each body, after the algorithm that [TypeStack] cites. **Errors:** name the
/// function, the instruction and its offset in the module, and what was expected and found.
///
/// **Threading:** one thread; one function after another.
final class FunctionValidator {

  private final DecodedModule module;
  private final Declarations declared;
  private final TypeStack stack = new TypeStack();
  private final CallChecks calls;
  private final BulkChecks bulk;
  private final VectorTypes vectors = new VectorTypes(stack);
  private byte[] locals = new byte[64];
  private int localCount;
  private WasmCursor code = new WasmCursor(new byte[0], 0, 0);
  private int opcode;
  private int opcodeAt;

  FunctionValidator(DecodedModule module, Declarations declared) {
    this.module = module;
    this.declared = declared;
    this.calls = new CallChecks(declared, stack);
    this.bulk = new BulkChecks(declared, stack);
  }

  /// Checks one function.
  ///
  /// @return how many locals it has, parameters included and vectors counted twice
  int validate(int function) {
    Body body = module.bodies().get(function - module.importCount());
    code = new WasmCursor(module.bytes(), body.start(), body.end());
    opcode = -1;
    int type = declared.typeOfFunction(code, function);
    try {
      stack.begin(code, declared.resultsOfType(type));
      int weight = readLocals(declared.parametersOfType(type));
      while (stack.depth() > 0) {
        step();
      }
      if (!code.atEnd()) {
        throw code.malformed("code after the end of a function");
      }
      return weight;
    } catch (MalformedEncoding e) {
      String where =
          opcode < 0 ? "" : ", instruction 0x" + Integer.toHexString(opcode) + " at " + opcodeAt;
      throw new MalformedEncoding(e.getMessage() + ", in function " + function + where);
    }
  }

  private int readLocals(byte[] parameters) {
    localCount = 0;
    long declaredLocals = parameters.length;
    for (byte parameter : parameters) {
      addLocals(parameter, 1);
      declaredLocals += parameter == Types.V128 ? 1 : 0;
    }
    int groups = code.readCount("local groups", ModuleBounds.LOCALS);
    long named = 0;
    for (int i = 0; i < groups; i++) {
      long count = code.readU32();
      byte type = Types.of(Instructions.readValueType(code));
      named += count;
      declaredLocals += type == Types.V128 ? 2 * count : count;
      if (declaredLocals <= ModuleBounds.LOCALS) {
        addLocals(type, (int) count);
      }
    }
    if (named > 0xFFFF_FFFFL) {
      throw code.malformed("too many locals");
    }
    ModuleBounds.require("locals of a function", declaredLocals, ModuleBounds.LOCALS);
    return (int) declaredLocals;
  }

  private void addLocals(byte type, int count) {
    if (localCount + count > locals.length) {
      locals = Arrays.copyOf(locals, Math.max(localCount + count, 2 * locals.length));
    }
    Arrays.fill(locals, localCount, localCount + count, type);
    localCount += count;
  }

  private byte local() {
    long index = code.readU32();
    if (index >= localCount) {
      throw code.malformed("unknown local " + index + " of " + localCount);
    }
    return locals[(int) index];
  }

  private void step() {
    opcodeAt = code.position();
    opcode = code.readByte();
    switch (opcode) {
      case Instructions.LOCAL_GET -> stack.push(local());
      case Instructions.LOCAL_SET -> stack.pop(local());
      case Instructions.LOCAL_TEE -> {
        byte type = local();
        stack.pop(type);
        stack.push(type);
      }
      case Instructions.I32_CONST -> {
        long _ = code.readS64(5);
        stack.push(Types.I32);
      }
      default -> {
        if (opcode >= PlainTypes.NUMERIC_FIRST && opcode <= PlainTypes.NUMERIC_LAST) {
          numeric();
        } else if (opcode >= PlainTypes.LOAD_FIRST && opcode <= PlainTypes.STORE_LAST) {
          access();
        } else if (opcode <= Instructions.CALL_INDIRECT) {
          control();
        } else {
          other();
        }
      }
    }
  }

  private void numeric() {
    byte operand = PlainTypes.operand(opcode);
    stack.pop(operand);
    if (PlainTypes.count(opcode) == 2) {
      stack.pop(operand);
    }
    stack.push(PlainTypes.result(opcode));
  }

  private void access() {
    MemoryArguments.check(code, PlainTypes.alignment(opcode), declared.hasMemory());
    byte type = PlainTypes.accessed(opcode);
    if (opcode >= PlainTypes.STORE_FIRST) {
      stack.pop(type);
      stack.pop(Types.I32);
    } else {
      stack.pop(Types.I32);
      stack.push(type);
    }
  }

  // ---- control -----------------------------------------------------------------------------

  private void control() {
    switch (opcode) {
      case Instructions.UNREACHABLE -> stack.becomeUnreachable();
      case Instructions.NOP -> {}
      case Instructions.BLOCK, Instructions.LOOP -> open();
      case Instructions.IF -> {
        stack.pop(Types.I32);
        open();
      }
      case Instructions.ELSE -> stack.otherwise();
      case Instructions.END -> stack.close();
      case Instructions.BR -> {
        stack.pop(stack.carried(code.readU32()));
        stack.becomeUnreachable();
      }
      case Instructions.BR_IF -> {
        byte[] carried = stack.carried(code.readU32());
        stack.pop(Types.I32);
        stack.pop(carried);
        stack.push(carried);
      }
      case Instructions.BR_TABLE -> branchTable();
      case Instructions.RETURN -> {
        stack.pop(stack.returned());
        stack.becomeUnreachable();
      }
      case Instructions.CALL -> calls.call(code);
      case Instructions.CALL_INDIRECT -> calls.callIndirect(code);
      default -> throw Instructions.refusal(code, opcode);
    }
  }

  /// What follows is the type of a value, or 0x40 for none, or the number of a function's type.
  private void open() {
    int first = code.peekByte();
    if (first == 0x40) {
      int _ = code.readByte();
      stack.open(opcode, Types.NONE, Types.NONE);
    } else if ((first & 0xC0) == 0x40) {
      stack.open(opcode, Types.NONE, Types.listOf(Instructions.readValueType(code)));
    } else {
      int type = declared.type(code, code.readS33AsIndex());
      stack.open(opcode, declared.parametersOfType(type), declared.resultsOfType(type));
    }
  }

  /// Targets that carry the same list of types, which is one array, are checked once in a row.
  private void branchTable() {
    stack.pop(Types.I32);
    int count = code.readCount("branch targets", ModuleBounds.BRANCH_TARGETS);
    byte[] checked = stack.carried(code.readU32());
    stack.requireOnTop(checked);
    for (int i = 0; i < count; i++) {
      byte[] carried = stack.carried(code.readU32());
      if (carried != checked) {
        if (carried.length != checked.length) {
          throw code.malformed(
              "type mismatch: branch targets carry "
                  + Types.names(checked)
                  + " and "
                  + Types.names(carried));
        }
        stack.requireOnTop(carried);
        checked = carried;
      }
    }
    stack.becomeUnreachable();
  }

  // ---- the rest ----------------------------------------------------------------------------

  private void other() {
    switch (opcode) {
      case Instructions.DROP -> {
        byte _ = stack.popAny();
      }
      case Instructions.SELECT -> select();
      case Instructions.SELECT_TYPED -> selectTyped();
      case Instructions.GLOBAL_GET -> stack.push(Types.of(global().type()));
      case Instructions.GLOBAL_SET -> globalSet();
      case Instructions.TABLE_GET -> bulk.tableGet(code);
      case Instructions.TABLE_SET -> bulk.tableSet(code);
      case Instructions.MEMORY_SIZE -> {
        memoryIndex();
        stack.push(Types.I32);
      }
      case Instructions.MEMORY_GROW -> {
        memoryIndex();
        stack.pop(Types.I32);
        stack.push(Types.I32);
      }
      case Instructions.I64_CONST -> {
        long _ = code.readS64(10);
        stack.push(Types.I64);
      }
      case Instructions.F32_CONST -> {
        code.skip(4);
        stack.push(Types.F32);
      }
      case Instructions.F64_CONST -> {
        code.skip(8);
        stack.push(Types.F64);
      }
      case Instructions.REF_NULL -> stack.push(Types.of(Instructions.readReferenceType(code)));
      case Instructions.REF_IS_NULL -> isNull();
      case Instructions.REF_FUNC -> {
        declared.requireReferable(code, code.readU32());
        stack.push(Types.FUNCREF);
      }
      case Instructions.EXTENDED -> bulk.check(code, code.readIndex());
      case Instructions.VECTOR ->
          vectors.check(code, VectorInstructions.read(code), declared.hasMemory());
      default -> throw Instructions.refusal(code, opcode);
    }
  }

  private void memoryIndex() {
    Instructions.requireMemoryZero(code);
    declared.requireMemory(code);
  }

  private GlobalType global() {
    return declared.global(code, code.readU32());
  }

  private void globalSet() {
    GlobalType global = global();
    if (!global.mutable()) {
      throw code.malformed("global is immutable");
    }
    stack.pop(Types.of(global.type()));
  }

  /// Without a type it takes numbers and vectors only.
  private void select() {
    stack.pop(Types.I32);
    byte second = stack.popAny();
    byte first = stack.popAny();
    if (Types.isReference(first) || Types.isReference(second)) {
      throw code.malformed("type mismatch: select of references has to name their type");
    }
    if (first != second && first != TypeStack.UNKNOWN && second != TypeStack.UNKNOWN) {
      throw code.malformed(
          "type mismatch: select between " + Types.name(first) + " and " + Types.name(second));
    }
    stack.push(first == TypeStack.UNKNOWN ? second : first);
  }

  private void selectTyped() {
    long count = code.readU32();
    if (count != 1) {
      throw code.malformed("invalid result arity: expected 1, found " + count);
    }
    byte type = Types.of(Instructions.readValueType(code));
    stack.pop(Types.I32);
    stack.pop(type);
    stack.pop(type);
    stack.push(type);
  }

  private void isNull() {
    byte type = stack.popAny();
    if (type != TypeStack.UNKNOWN && !Types.isReference(type)) {
      throw code.malformed("type mismatch: expected a reference, found " + Types.name(type));
    }
    stack.push(Types.I32);
  }
}

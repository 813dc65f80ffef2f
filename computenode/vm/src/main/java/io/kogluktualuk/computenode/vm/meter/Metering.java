package io.kogluktualuk.computenode.vm.meter;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Section;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.SectionId;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;

/// Rewrites a valid module so that it counts its own fuel and call depth and makes NaN canonical.
///
/// **Fuel.** Every instruction costs 1, those on vectors too, but for `block`, `loop`, `else` and
/// `end`, which cost nothing. A straight piece of code is charged as a whole when it is entered;
/// pieces end at every branch, join, call and bulk instruction. Bulk instructions cost more: 1
/// per 16 bytes or per table element, 256 per page grown. The machine looks whether fuel is left
/// when a function is entered, at every turn of a loop, and before a host function runs; an
/// execution whose fuel ends is charged exactly its limit. So two runs of one module on equal
/// inputs use equal fuel and end at the same instruction, whatever the host.
///
/// **Call depth.** A function that calls others takes depth from its caller's for as long as it
/// runs: see [FunctionMeter#weight]. Functions that call nothing take none, as there is at most
/// one of them at the end of the chain.
///
/// **NaN.** The result of each floating-point instruction that can make a NaN is replaced by the
/// canonical NaN when it is one, unless the next instruction hides its bits.
///
/// **How.** Fuel and depth are kept in *cells*, globals added to the module. Some cells do
/// something when they are set: ask for more fuel, report that the depth has run out, charge for
/// table elements. A global is the one thing a module can be given without renumbering what it
/// has.
///
/// **Stand-ins.** Behind the module's functions come as many as it has types, one of each, of which
/// nobody runs the code: the engine calls one of them where an indirect call means a function of
/// another instance.
///
/// This is for the reference engine, which knows nothing of fuel. Our own compiler does the same
/// without rewriting; the two are compared by tests.
///
/// The module must have been validated *before*: the cells and locals have indices that a hostile
/// module could otherwise name.
public final class Metering {

  /// Changes whenever anything that a guest can observe does: fuel, depth, bits of NaN, traps.
  /// Part of what an outcome is cached under.
  public static final int SEMANTICS_VERSION = 3;

  /// Cells, as offsets from the number of globals the module had.
  public enum Cell {
    FUEL(ValueType.I64),
    DEPTH(ValueType.I32),
    /// Set with the fuel left, when that is below zero: gives FUEL a new value or traps.
    REFUEL(ValueType.I64),
    /// Set with the fuel left, when the depth has run out: traps.
    OVERFLOW(ValueType.I64),
    /// Set with a number of table elements: takes them from FUEL or traps.
    ELEMENTS(ValueType.I32);

    private final ValueType type;

    Cell(ValueType type) {
      this.type = type;
    }

    public ValueType type() {
      return type;
    }
  }

  private final DecodedModule module;

  private Metering(DecodedModule module) {
    this.module = module;
  }

  /// The metered form of a module.
  public static byte[] meter(DecodedModule module) {
    return new Metering(module).rewrite();
  }

  private byte[] rewrite() {
    ByteSink code = rewriteCode();
    ByteSink out = new ByteSink(module.bytes().length * 2);
    out.put(module.bytes(), 0, 8);
    int done = 0;
    for (Section section : module.sections()) {
      if (section.id() != SectionId.CUSTOM) {
        done = putMissing(out, done, section.id());
        putSection(out, section, code);
      }
    }
    putMissing(out, done, SectionId.DATA);
    return out.toBytes();
  }

  /// Writes what the module lacks and metering needs, when its turn comes before section `next`.
  private int putMissing(ByteSink out, int done, int next) {
    int rank = SectionId.rank(next);
    if (done < 5 && rank > 5 && !module.hasMemory() && !has(SectionId.MEMORY)) {
      put(out, SectionId.MEMORY, noMemory());
    }
    if (done < 6 && rank > 6 && !has(SectionId.GLOBAL)) {
      put(out, SectionId.GLOBAL, globals(null));
    }
    return rank;
  }

  private boolean has(int id) {
    return module.sections().stream().anyMatch(section -> section.id() == id);
  }

  private void putSection(ByteSink out, Section section, ByteSink code) {
    switch (section.id()) {
      case SectionId.FUNCTION -> put(out, section.id(), functions(section));
      case SectionId.MEMORY -> put(out, section.id(), memory(section));
      case SectionId.GLOBAL -> put(out, section.id(), globals(section));
      case SectionId.CODE -> put(out, section.id(), code);
      default -> {
        out.put(section.id()).putU32(section.end() - section.start());
        out.put(module.bytes(), section.start(), section.end());
      }
    }
  }

  private static void put(ByteSink out, int id, ByteSink content) {
    out.put(id).putU32(content.size()).put(content);
  }

  /// The cells are reached through the memory, so there is always one, if of no size.
  private static ByteSink noMemory() {
    return new ByteSink(4).putU32(1).put(1).putU32(0).putU32(0);
  }

  private ByteSink functions(Section section) {
    WasmCursor cursor = new WasmCursor(module.bytes(), section.start(), section.end());
    long count = cursor.readU32();
    ByteSink out = new ByteSink(64).putU32(count + standIns());
    out.put(module.bytes(), cursor.position(), section.end());
    for (int type = 0; type < standIns(); type++) {
      out.putU32(type);
    }
    return out;
  }

  /// A module without code calls nothing.
  private int standIns() {
    return module.bodies().isEmpty() ? 0 : module.types().size();
  }

  private ByteSink memory(Section section) {
    return module.hasMemory()
        ? new ByteSink(16).put(module.bytes(), section.start(), section.end())
        : noMemory();
  }

  private ByteSink globals(@org.jspecify.annotations.Nullable Section section) {
    ByteSink out = new ByteSink(64).putU32(module.ownGlobals() + Cell.values().length);
    if (section != null) {
      WasmCursor cursor = new WasmCursor(module.bytes(), section.start(), section.end());
      cursor.readU32();
      out.put(module.bytes(), cursor.position(), section.end());
    }
    for (Cell cell : Cell.values()) {
      out.put(cell.type().code()).put(1);
      out.put(cell.type() == ValueType.I32 ? 0x41 : 0x42).put(0).put(0x0B);
    }
    return out;
  }

  private ByteSink rewriteCode() {
    ByteSink out =
        new ByteSink(module.bytes().length * 2).putU32((long) module.bodies().size() + standIns());
    for (int i = 0; i < module.bodies().size(); i++) {
      int function = module.importCount() + i;
      ByteSink body = new FunctionMeter(module, function).rewrite();
      out.putU32(body.size()).put(body);
    }
    for (int i = 0; i < standIns(); i++) {
      out.putU32(3).put(0).put(Instructions.UNREACHABLE).put(Instructions.END);
    }
    return out;
  }
}

package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FunctionRef;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.Export;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.CallResult;
import run.endive.runtime.GlobalInstance;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmEngineException;

/// An instance in either engine, whose exports can be called with values.
///
/// **Threading:** the guest's thread.
final class Invoker {

  /// A value: bits of a number or index of a function, or a reference of the host.
  ///
  /// @param upper the upper half of a vector, else 0
  record Value(long bits, long upper, @Nullable Object reference) {
    Value(long bits, @Nullable Object reference) {
      this(bits, 0, reference);
    }
  }

  private final DecodedModule module;
  private final EngineGuest guest;
  private final Limits limits;
  private final Meter meter;

  Invoker(byte[] wasm, Program<?> program, Limits limits) {
    this.module = ModuleDecoder.decode(wasm, wasm.length);
    this.limits = limits;
    this.meter = new Meter(limits.fuel());
    this.guest = begin(program);
    guest.instantiate(limits.callDepth());
  }

  private <C> EngineGuest begin(Program<C> program) {
    int pages = (int) (limits.memoryBytes() >> 16);
    int maximum = Math.min(pages, program.module().shape().memory().maximumPages());
    @SuppressWarnings("unchecked") // No function of these tests uses its context.
    C context = (C) "";
    return program.module().code().prepare(program, context, maximum, meter);
  }

  long fuelUsed() {
    return meter.used(guest.cell());
  }

  DecodedModule module() {
    return module;
  }

  private Export find(String name, int kind) {
    return module.exports().stream()
        .filter(each -> each.kind() == kind && each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no export " + name));
  }

  Value global(String name) {
    int index = find(name, 3).index();
    if (guest instanceof ReferenceGuest<?> reference) {
      GlobalInstance global = reference.instance().exports().global(name);
      return new Value(global.getValueLow(), global.getValueHigh(), global.getRefValue());
    }
    GuestInstance instance = ((MachineGuest<?>) guest).instance();
    try {
      Object value = instance.getClass().getField("g" + index).get(instance);
      ValueType type = module.globals().get(index).type();
      Value found = unboxed(type, value);
      return type == ValueType.V128
          ? new Value(
              found.bits(), instance.getClass().getField("u" + index).getLong(instance), null)
          : found;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  List<Value> call(String name, List<Value> arguments) {
    int function = find(name, 0).index();
    return guest instanceof ReferenceGuest<?> reference
        ? interpret(reference, name, function, arguments)
        : run((MachineGuest<?>) guest, function, arguments);
  }

  private List<Value> interpret(
      ReferenceGuest<?> reference, String name, int function, List<Value> given) {
    ((ReferenceMemory) reference.cell()).depth = limits.callDepth();
    Instance instance = reference.instance();
    try {
      Signature signature = module.signatureOf(function);
      List<Long> numbers = new ArrayList<>();
      List<@Nullable Object> references = new ArrayList<>();
      for (int i = 0; i < given.size(); i++) {
        numbers.add(given.get(i).bits());
        references.add(given.get(i).reference());
        if (signature.parameters().get(i) == ValueType.V128) {
          numbers.add(given.get(i).upper());
          references.add(null);
        }
      }
      CallResult result =
          instance
              .export(name)
              .applyWithRefs(
                  numbers.stream().mapToLong(Long::longValue).toArray(), references.toArray());
      return values(signature.results(), result);
    } catch (WasmEngineException e) {
      throw ReferenceTraps.translate(e);
    } catch (StackOverflowError e) {
      throw Traps.outOfStack(e);
    }
  }

  private static List<Value> values(List<ValueType> types, CallResult result) {
    long[] numbers = result.longs() == null ? new long[0] : result.longs();
    Object[] references = result.refs() == null ? new Object[0] : result.refs();
    List<Value> values = new ArrayList<>();
    int place = 0;
    for (ValueType type : types) {
      boolean vector = type == ValueType.V128;
      values.add(
          new Value(
              place < numbers.length ? numbers[place] : 0,
              vector ? numbers[place + 1] : 0,
              place < references.length ? references[place] : null));
      place += vector ? 2 : 1;
    }
    return values;
  }

  private List<Value> run(MachineGuest<?> machine, int function, List<Value> given) {
    Signature signature = module.signatureOf(function);
    GuestInstance instance = machine.instance();
    List<@Nullable Object> arguments = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      arguments.add(boxed(instance, signature.parameters().get(i), given.get(i)));
      if (signature.parameters().get(i) == ValueType.V128) {
        arguments.add(given.get(i).upper());
      }
    }
    arguments.add(instance);
    arguments.add(limits.callDepth());
    arguments.add(instance.fuel);
    MachineCode code = ((MachineCode) codeOf(machine));
    try {
      Object result = code.function(function).invokeWithArguments(arguments);
      return results(instance, signature.results(), result);
    } catch (Throwable e) {
      throw MachineGuest.translate(e);
    }
  }

  private static EngineCode codeOf(MachineGuest<?> machine) {
    return machine.code();
  }

  private static List<Value> results(
      GuestInstance instance, List<ValueType> types, @Nullable Object single) {
    List<Value> values = new ArrayList<>();
    int place = 0;
    for (ValueType type : types) {
      if (type == ValueType.V128) {
        values.add(new Value(instance.numbers[place], instance.numbers[place + 1], null));
        place++;
      } else if (types.size() == 1) {
        values.add(unboxed(type, single));
      } else if (type.isReference()) {
        values.add(unboxed(type, instance.references[place]));
      } else {
        values.add(new Value(instance.numbers[place], null));
      }
      place++;
    }
    return values;
  }

  private static @Nullable Object boxed(GuestInstance instance, ValueType type, Value value) {
    return switch (type) {
      case I32 -> (int) value.bits();
      case I64, V128 -> value.bits();
      case F32 -> Float.intBitsToFloat((int) value.bits());
      case F64 -> Double.longBitsToDouble(value.bits());
      case FUNCREF -> value.bits() < 0 ? null : instance.function((int) value.bits());
      case EXTERNREF -> value.reference();
    };
  }

  private static Value unboxed(ValueType type, @Nullable Object value) {
    return switch (type) {
      case I32 -> new Value((int) java.util.Objects.requireNonNull(value), null);
      case I64, V128 -> new Value((long) java.util.Objects.requireNonNull(value), null);
      case F32 ->
          new Value(Float.floatToRawIntBits((float) java.util.Objects.requireNonNull(value)), null);
      case F64 ->
          new Value(
              Double.doubleToRawLongBits((double) java.util.Objects.requireNonNull(value)), null);
      case FUNCREF -> new Value(value == null ? -1 : ((FunctionRef) value).index(), null);
      case EXTERNREF -> new Value(0, value);
    };
  }
}

package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FunctionRef;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.GlobalType;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.CallResult;
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

  private final Member member;
  private final DecodedModule module;
  private final Limits limits;

  /// An instance alone.
  Invoker(byte[] wasm, Program<?> program, Limits limits) {
    this(alone(program, limits));
  }

  Invoker(Member member) {
    this.member = member;
    this.module = member.module();
    this.limits = member.group().limits();
  }

  private static <C> Member alone(Program<C> program, Limits limits) {
    @SuppressWarnings("unchecked") // No function of these tests uses its context.
    C context = (C) "";
    return InstanceGroup.of(program.imports(), context, limits).instantiate(program.module());
  }

  Member member() {
    return member;
  }

  long fuelUsed() {
    return member.group().fuelUsed();
  }

  DecodedModule module() {
    return module;
  }

  Value global(String name) {
    Extern.OfGlobal found = (Extern.OfGlobal) Objects.requireNonNull(member.exported(name));
    SharedGlobal global = found.global();
    return switch (((GlobalType) found.type()).type()) {
      case FUNCREF -> new Value(index(global.reference()), null);
      case EXTERNREF -> new Value(0, global.reference());
      default -> new Value(global.bits(), global.upper(), null);
    };
  }

  /// Of a function in its own module, -1 for none.
  private static int index(@Nullable Object function) {
    return switch (function) {
      case null -> -1;
      case FunctionRef machine -> machine.index();
      case ReferenceFunction other -> other.index();
      default -> throw new AssertionError("no function: " + function);
    };
  }

  List<Value> call(String name, List<Value> arguments) {
    int function =
        module.exports().stream()
            .filter(each -> each.kind() == 0 && each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no export " + name))
            .index();
    try {
      return member.guest() instanceof ReferenceGuest<?> reference
          ? interpret(reference, name, function, arguments)
          : run((MachineGuest<?>) member.guest(), function, arguments);
    } finally {
      member.group().meter().giveBack(member.guest().cell());
    }
  }

  private List<Value> interpret(
      ReferenceGuest<?> reference, String name, int function, List<Value> given) {
    reference.cells().depth = limits.callDepth();
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
    return values(types, Arrays.copyOf(numbers, 240), Arrays.copyOf(references, 240), false);
  }

  private static List<Value> values(
      List<ValueType> types, long[] numbers, @Nullable Object[] references, boolean compiled) {
    List<Value> values = new ArrayList<>();
    int place = 0;
    for (ValueType type : types) {
      if (type == ValueType.V128) {
        values.add(new Value(numbers[place], numbers[place + 1], null));
        place++;
      } else if (type == ValueType.FUNCREF && compiled) {
        values.add(new Value(index(references[place]), null));
      } else {
        values.add(new Value(numbers[place], references[place]));
      }
      place++;
    }
    return values;
  }

  private List<Value> run(MachineGuest<?> machine, int function, List<Value> given) {
    Signature signature = module.signatureOf(function);
    GuestInstance instance = machine.instance();
    long[] numbers = new long[240];
    @Nullable Object[] references = new Object[240];
    int place = 0;
    for (int i = 0; i < given.size(); i++) {
      Value value = given.get(i);
      ValueType type = signature.parameters().get(i);
      numbers[place] = value.bits();
      references[place] =
          type != ValueType.FUNCREF
              ? value.reference()
              : value.bits() < 0 ? null : instance.function((int) value.bits());
      if (type == ValueType.V128) {
        place++;
        numbers[place] = value.upper();
      }
      place++;
    }
    try {
      machine
          .code()
          .call(instance, function, numbers, references, limits.callDepth(), instance.fuel);
      return values(signature.results(), numbers, references, true);
    } catch (Throwable e) {
      throw MachineGuest.translate(e);
    }
  }
}

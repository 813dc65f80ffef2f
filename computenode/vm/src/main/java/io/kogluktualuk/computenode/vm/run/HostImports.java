package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.GlobalCell;
import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.Table;
import io.kogluktualuk.computenode.vm.module.GlobalType;
import io.kogluktualuk.computenode.vm.module.MemoryType;
import io.kogluktualuk.computenode.vm.module.SharedType;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.TableType;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The functions that a host offers, by module and name: built once, shared by all programs. To
/// instances in groups it may offer memories, tables and globals too.
///
/// @param <C> the context that every function receives
public final class HostImports<C> {

  private final Map<Name, Entry<C>> entries;
  private final Map<Name, SharedEntry> shared;

  private HostImports(Map<Name, Entry<C>> entries, Map<Name, SharedEntry> shared) {
    this.entries = Map.copyOf(entries);
    this.shared = Map.copyOf(shared);
  }

  public static <C> Builder<C> builder() {
    return new Builder<>();
  }

  Optional<Entry<C>> find(String module, String name) {
    return Optional.ofNullable(entries.get(new Name(module, name)));
  }

  @Nullable SharedEntry findShared(Name name) {
    return shared.get(name);
  }

  record Name(String module, String name) {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  record Entry<C>(Signature signature, HostFunction<C> function) {}

  /// A memory, table or global, made anew for each [InstanceGroup].
  ///
  /// @param bits of a global at the start
  record SharedEntry(SharedType type, long bits) {
    Extern.Shared create(int pagesMax) {
      return switch (type) {
        case MemoryType memory -> {
          int most = (int) Math.min(pagesMax, memory.pages().most());
          int least = (int) memory.pages().least();
          yield new Extern.OfMemory(memory, new LinearMemory(least, most));
        }
        case TableType table ->
            new Extern.OfTable(table, new Table(table.initial(), table.maximum()));
        case GlobalType global -> {
          GlobalCell cell = new GlobalCell();
          cell.setBits(bits);
          yield new Extern.OfGlobal(global, cell);
        }
      };
    }
  }

  /// How the engines see a function of values: they ask the signature which way to call.
  private record OfValues<C>(HostValuesFunction<C> function) implements HostFunction<C> {
    @Override
    public long call(C context, Guest guest, long[] arguments) {
      int places = Math.max(1, arguments.length);
      HostValues values = new HostValues(Arrays.copyOf(arguments, places), new Object[places]);
      function.call(context, guest, values);
      return values.number(0);
    }

    @Override
    public void call(C context, Guest guest, HostValues values) {
      function.call(context, guest, values);
    }
  }

  /// Collects functions. **Threading:** one thread.
  public static final class Builder<C> {

    private final Map<Name, Entry<C>> entries = new HashMap<>();
    private final Map<Name, SharedEntry> shared = new HashMap<>();

    private Builder() {}

    /// Offers `module.name`; the signature is as in [Signature#parse], with numbers only and at
    /// most one result.
    public Builder<C> function(
        String module, String name, String signature, HostFunction<C> function) {
      Signature parsed = Signature.parse(signature);
      if (parsed.results().size() > 1) {
        throw new IllegalArgumentException(
            module + "." + name + ": such a function has at most one result");
      }
      if (!isPlain(parsed)) {
        throw new IllegalArgumentException(
            module + "." + name + ": such a function takes and returns numbers only");
      }
      return put(module, name, parsed, function);
    }

    /// Offers `module.name`, with whatever parameters and results.
    public Builder<C> values(
        String module, String name, String signature, HostValuesFunction<C> function) {
      return put(module, name, Signature.parse(signature), new OfValues<>(function));
    }

    /// Offers a memory or table as `module.name`, to instances in groups only.
    public Builder<C> shared(String module, String name, SharedType type) {
      return share(module, name, type, 0);
    }

    /// Offers a global of numbers as `module.name`, to instances in groups only.
    public Builder<C> global(
        String module, String name, ValueType type, boolean mutable, long bits) {
      return share(module, name, new GlobalType(type, mutable, null), bits);
    }

    private Builder<C> share(String module, String name, SharedType type, long bits) {
      Name key = new Name(module, name);
      requireFree(key);
      shared.put(key, new SharedEntry(type, bits));
      return this;
    }

    private Builder<C> put(
        String module, String name, Signature signature, HostFunction<C> function) {
      Name key = new Name(module, name);
      requireFree(key);
      entries.put(key, new Entry<>(signature, function));
      return this;
    }

    private void requireFree(Name key) {
      if (entries.containsKey(key) || shared.containsKey(key)) {
        throw new IllegalArgumentException(key + " is offered twice");
      }
    }

    private static boolean isPlain(Signature signature) {
      return Stream.of(signature.parameters(), signature.results())
          .flatMap(List::stream)
          .noneMatch(type -> type.isReference() || type == ValueType.V128);
    }

    public HostImports<C> build() {
      return new HostImports<>(entries, shared);
    }
  }
}

package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The functions that a host offers, by module and name: built once, shared by all programs.
///
/// @param <C> the context that every function receives
public final class HostImports<C> {

  private final Map<Name, Entry<C>> entries;

  private HostImports(Map<Name, Entry<C>> entries) {
    this.entries = Map.copyOf(entries);
  }

  public static <C> Builder<C> builder() {
    return new Builder<>();
  }

  Optional<Entry<C>> find(String module, String name) {
    return Optional.ofNullable(entries.get(new Name(module, name)));
  }

  private record Name(String module, String name) {}

  record Entry<C>(Signature signature, HostFunction<C> function) {}

  /// Collects functions. **Threading:** one thread.
  public static final class Builder<C> {

    private final Map<Name, Entry<C>> entries = new HashMap<>();

    private Builder() {}

    /// Offers `module.name`; the signature is as in [Signature#parse], with numbers only and at
    /// most one result.
    public Builder<C> function(
        String module, String name, String signature, HostFunction<C> function) {
      Signature parsed = Signature.parse(signature);
      if (parsed.results().size() > 1) {
        throw new IllegalArgumentException(
            module + "." + name + ": a host function has at most one result");
      }
      if (usesReferences(parsed)) {
        throw new IllegalArgumentException(
            module + "." + name + ": a host function takes and returns numbers only");
      }
      if (entries.put(new Name(module, name), new Entry<>(parsed, function)) != null) {
        throw new IllegalArgumentException(module + "." + name + " is offered twice");
      }
      return this;
    }

    private static boolean usesReferences(Signature signature) {
      return Stream.of(signature.parameters(), signature.results())
          .flatMap(List::stream)
          .anyMatch(type -> type == ValueType.FUNCREF || type == ValueType.EXTERNREF);
    }

    public HostImports<C> build() {
      return new HostImports<>(entries);
    }
  }
}

package io.kogluktualuk.computenode.vm.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Runs the small modules of `src/test/resources/wasm`.
final class Guests {

  static final Limits AMPLE = new Limits(10_000_000_000L, 64L << 20, 1000);

  /// What a guest told its host.
  static final class Told {
    final List<Long> numbers = new ArrayList<>();
  }

  static final HostImports<Told> HOST =
      HostImports.<Told>builder()
          .function(
              "host",
              "number",
              "I>",
              (told, _, arguments) -> {
                told.numbers.add(arguments[0]);
                return 0;
              })
          .function(
              "host",
              "charge",
              "I>",
              (_, guest, arguments) -> {
                guest.chargeFuel(arguments[0]);
                return 0;
              })
          .function(
              "host",
              "exit",
              "i>",
              (_, _, arguments) -> {
                throw new GuestExit((int) arguments[0]);
              })
          .function(
              "host",
              "sum",
              "iIfF>F",
              (_, _, arguments) ->
                  Double.doubleToRawLongBits(
                      (int) arguments[0]
                          + (double) arguments[1]
                          + Float.intBitsToFloat((int) arguments[2])
                          + Double.longBitsToDouble(arguments[3])))
          .build();

  private Guests() {}

  static byte[] wasm(String name) {
    try (InputStream in = Guests.class.getResourceAsStream("/wasm/" + name + ".wasm")) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ExecutionResult run(Vm vm, String module, String entry, Limits limits) {
    return run(vm, module, entry, limits, new Told());
  }

  static ExecutionResult run(Vm vm, String module, String entry, Limits limits, Told told) {
    return vm.compile(wasm(module)).link(HOST).prepare(told, limits).run(entry);
  }
}

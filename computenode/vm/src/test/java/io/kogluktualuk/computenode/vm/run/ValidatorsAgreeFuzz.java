package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.ModuleValidator;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.ByteArrayInputStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// Our validator and that of the reference interpreter accept the same modules: random valid ones,
/// and what becomes of them when bytes of their code change, or bytes anywhere.
final class ValidatorsAgreeFuzz {

  private static final int RUNS = 1_000;

  private static final List<String> MODULES =
      List.of("traps", "fuel", "memory", "start", "values", "depth", "nan", "nomemory");

  /// What only we refuse, each against the specification of 2.0: the other takes a name that is
  /// not UTF-8, exports and imports of what there is not, bodies whose blocks are not closed, any
  /// alignment of vectors, indices of tables behind `table.fill`, references of types by number
  /// (from a later version), and reserved bits and flags.
  private static final List<String> STRICTER =
      List.of(
          "malformed UTF-8 encoding",
          "exported",
          "malformed export kind",
          "duplicate export name",
          "unknown type",
          "unexpected end",
          "alignment must not be larger than natural",
          "unknown table",
          "malformed value type",
          "malformed element segment flags",
          "zero byte expected");

  private enum Verdict {
    VALID,
    INVALID,
    /// Of a later version of WebAssembly, or beyond a bound: the other one may think what it likes.
    NOT_OFFERED
  }

  private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
  private String reason = "";

  @Test
  void theValidatorsAgree() {
    Seeds.run(ValidatorsAgreeFuzz.class, RUNS, this::compare);
    assertTrue(counts.getOrDefault(Verdict.VALID, 0) > RUNS / 10, counts::toString);
    assertTrue(counts.getOrDefault(Verdict.INVALID, 0) > RUNS / 10, counts::toString);
    assertTrue(counts.getOrDefault(Verdict.NOT_OFFERED, 0) < RUNS / 2, counts::toString);
  }

  private void compare(RandomGenerator random) {
    byte[] valid =
        random.nextInt(4) == 0
            ? Guests.wasm(MODULES.get(random.nextInt(MODULES.size())))
            : GuestGenerator.generate(random);
    assertEquals(Verdict.VALID, ours(valid));
    assertEquals(Verdict.VALID, theirs(valid));
    byte[] changed =
        random.nextInt(4) == 0
            ? Mutations.mutate(valid, random)
            : changeCode(valid, random, random.nextInt(1, 4));
    Verdict found = ours(changed);
    counts.merge(found, 1, Integer::sum);
    if (found == Verdict.INVALID && STRICTER.stream().anyMatch(reason::contains)) {
      return;
    }
    if (found != Verdict.NOT_OFFERED) {
      assertEquals(theirs(changed), found, () -> "we say: " + reason);
    }
  }

  /// Other bytes in the bodies of functions, so that the lengths around them stay right.
  private static byte[] changeCode(byte[] valid, RandomGenerator random, int changes) {
    byte[] changed = valid.clone();
    DecodedModule module = ModuleDecoder.decode(valid, valid.length);
    for (int i = 0; i < changes; i++) {
      DecodedModule.Body body = module.bodies().get(random.nextInt(module.bodies().size()));
      int at = random.nextInt(body.start(), body.end());
      changed[at] =
          switch (random.nextInt(4)) {
            case 0 -> (byte) random.nextInt(12);
            case 1 -> (byte) (changed[at] + random.nextInt(-2, 3));
            case 2 -> changed[random.nextInt(body.start(), body.end())];
            default -> (byte) random.nextInt();
          };
    }
    return changed;
  }

  private Verdict ours(byte[] wasm) {
    reason = "";
    try {
      ModuleValidator.validate(ModuleDecoder.decode(wasm, wasm.length));
      return Verdict.VALID;
    } catch (MalformedEncoding e) {
      reason = String.valueOf(e.getMessage());
      return Verdict.INVALID;
    } catch (InvalidArgument e) {
      return Verdict.NOT_OFFERED;
    }
  }

  private static Verdict theirs(byte[] wasm) {
    try {
      WasmModule _ =
          Parser.builder()
              .withCustomParsers(Map.of())
              .withValidation(true)
              .build()
              .parse(() -> new ByteArrayInputStream(wasm));
      return Verdict.VALID;
    } catch (RuntimeException | AssertionError e) {
      // It reports through several exceptions, some of them the JDK's own.
      return Verdict.INVALID;
    }
  }
}

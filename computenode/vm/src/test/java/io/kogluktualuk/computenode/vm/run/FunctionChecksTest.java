package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.ModuleValidator;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Errors in code are told with their place; what is hostile is checked in bounded time and
/// memory.
final class FunctionChecksTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private static void validate(byte[] wasm) {
    ModuleValidator.validate(ModuleDecoder.decode(wasm, wasm.length));
  }

  private static void says(String expected, byte[] wasm) {
    assertEquals(
        "not a valid module: " + expected,
        assertThrows(MalformedEncoding.class, () -> validate(wasm)).getMessage());
  }

  /// The code of one function without locals; its first instruction is at offset 23.
  private static byte[] code(int... instructions) {
    return ModuleBytes.withBody(part().put(0).put(instructions));
  }

  @Test
  void namesThePlaceAndWhatWasExpectedAndFound() {
    says(
        "type mismatch: expected i32, found i64 at offset 28, in function 0,"
            + " instruction 0x6a at 27",
        code(0x41, 0, 0x42, 0, 0x6A, 0x1A, 0x0B));
    says(
        "type mismatch: expected i32, found no operand at offset 24, in function 0,"
            + " instruction 0x45 at 23",
        code(0x45, 0x1A, 0x0B));
    says(
        "type mismatch: expected no more operands at the end of a block, found 1 at offset 26,"
            + " in function 0, instruction 0xb at 25",
        code(0x41, 0, 0x0B));
    says(
        "unknown local 3 of 0 at offset 25, in function 0, instruction 0x20 at 23",
        code(0x20, 3, 0x1A, 0x0B));
    says(
        "unknown label 7 of 1 at offset 25, in function 0, instruction 0xc at 23",
        code(0x0C, 7, 0x0B));
    says(
        "type mismatch: an if without else has parameters [] and results [f32] at offset 29,"
            + " in function 0, instruction 0xb at 28",
        code(0x41, 0, 0x04, 0x7D, 0x00, 0x0B, 0x1A, 0x0B));
    says(
        "type mismatch: select between i64 and f32 at offset 33, in function 0,"
            + " instruction 0x1b at 32",
        code(0x42, 0, 0x43, 0, 0, 0, 0, 0x41, 0, 0x1B, 0x1A, 0x0B));
  }

  @Test
  void theFirstErrorOfAModuleIsTold() {
    ModuleBytes types = part().leb(2_000).repeat(2_000, 0);
    ModuleBytes code = part().leb(2_000);
    for (int i = 0; i < 2_000; i++) {
      ModuleBytes body = part().put(0).repeat(100, 0x01);
      body.put(i >= 700 ? 0x45 : 0x01, 0x0B);
      code.leb(103).put(body);
    }
    byte[] wasm = ModuleBytes.withType().section(3, types).section(10, code).toBytes();
    String message = assertThrows(MalformedEncoding.class, () -> validate(wasm)).getMessage();
    assertEquals(
        ", in function 700,",
        String.valueOf(message).replaceAll(".*(, in function [0-9]+,).*", "$1"));
  }

  @Test
  void whatIsNeverReachedHasAnyType() {
    assertDoesNotThrow(() -> validate(code(0x00, 0x6A, 0x1A, 0x92, 0x1A, 0x0B)));
    assertDoesNotThrow(() -> validate(code(0x00, 0x1B, 0x1B, 0x45, 0x04, 0x40, 0x0B, 0x0B)));
    assertThrows(MalformedEncoding.class, () -> validate(code(0x00, 0x41, 0, 0x92, 0x0B)));
  }

  @Test
  void operandsAreBounded() {
    validate(ModuleBytes.withBody(part().put(0).repeat(65_536, 0x41, 0).put(0x00, 0x0B)));
    byte[] more = ModuleBytes.withBody(part().put(0).repeat(65_537, 0x41, 0).put(0x00, 0x0B));
    assertEquals(
        "the module is too large: operands of a function expected at most 65536, found 65537",
        assertThrows(InvalidArgument.class, () -> validate(more)).getMessage());
  }

  /// Labels that carry as many values as may be, in tables as long as may be, in dead code.
  @Test
  void hostileBranchTablesAreCheckedInBoundedTime() {
    int deep = 4_900;
    ModuleBytes types = part().leb(deep + 1).put(0x60, 0, 0);
    for (int i = 0; i < deep; i++) {
      types.put(0x60, 0, 120);
      for (int bit = 0; bit < 13; bit++) {
        types.put(0x7F - (i >> bit & 1));
      }
      types.repeat(107, 0x7F);
    }
    ModuleBytes body = part().put(0);
    for (int i = 0; i < deep; i++) {
      body.put(0x02).signed(i + 1);
    }
    for (int i = 0; i < 50; i++) {
      body.put(0x00).repeat(107, 0x41, 0).put(0x41, 0, 0x0E).leb(deep - 1);
      for (int label = 0; label < deep; label++) {
        body.leb(label);
      }
    }
    for (int i = 0; i < deep; i++) {
      body.put(0x0B, 0x00);
    }
    body.put(0x0B);
    ModuleBytes code = part().leb(1).leb(body.toBytes().length).put(body);
    byte[] wasm =
        ModuleBytes.begin()
            .section(1, types)
            .section(3, part().put(1, 0))
            .section(10, code)
            .toBytes();
    assertTimeoutPreemptively(SOON, () -> validate(wasm));
  }
}

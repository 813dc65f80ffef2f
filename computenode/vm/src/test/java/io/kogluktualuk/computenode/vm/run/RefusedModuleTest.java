package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.units.ByteCount;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Modules that are not valid, too large, or of features not offered: each is told so.
final class RefusedModuleTest {

  private static final Vm VM = Vm.open(VmSettings.defaults());
  private static final Duration SOON = Duration.ofSeconds(20);

  private static void refuses(
      Class<? extends FabricException> kind, String message, byte[] module) {
    FabricException thrown =
        assertTimeoutPreemptively(SOON, () -> assertThrows(kind, () -> VM.compile(module)));
    String found = String.valueOf(thrown.getMessage());
    assertEquals(message, found.substring(0, Math.min(found.length(), message.length())));
  }

  private static void malformed(String message, byte[] module) {
    refuses(MalformedEncoding.class, "not a valid module: " + message, module);
  }

  private static void unsupported(String feature, byte[] module) {
    refuses(InvalidArgument.class, "the module uses " + feature, module);
  }

  private static void tooLarge(String what, byte[] module) {
    refuses(InvalidArgument.class, "the module is too large: " + what, module);
  }

  @Test
  void refusesWhatIsNoModule() {
    malformed("expected a header of 8 bytes, found 0", new byte[0]);
    malformed("magic header or version not detected at offset 2", new byte[100]);
    malformed("unexpected end", ModuleBytes.begin().put(1, 100).toBytes());
    malformed("malformed section id 14", ModuleBytes.begin().put(14, 0).toBytes());
    malformed("section 1 is out of order", ModuleBytes.withType().put(1, 1, 0).toBytes());
    malformed(
        "function and code section have inconsistent lengths",
        ModuleBytes.withType().section(3, part().put(1, 0)).toBytes());
  }

  @Test
  void refusesCodeOfTheWrongTypes() {
    malformed("", ModuleBytes.withBody(part().put(0, 0x6A, 0x0B)));
    malformed("", ModuleBytes.withBody(part().put(0, 0x41, 0, 0x0B)));
    malformed("", ModuleBytes.withBody(part().put(0, 0x0C, 5, 0x0B)));
    malformed("illegal opcode 0xff", ModuleBytes.withBody(part().put(0, 0xFF, 0x0B)));
    malformed("illegal opcode 0xFD 154", ModuleBytes.withBody(part().put(0, 0xFD, 0x9A, 1, 0x0B)));
    malformed("", ModuleBytes.withBody(part().put(0, 0xFD, 12).repeat(16, 0).put(0x0B)));
    malformed("else without if", ModuleBytes.withBody(part().put(0, 0x05, 0x0B)));
    malformed("code after the end", ModuleBytes.withBody(part().put(0, 0x0B, 0x01)));
  }

  @Test
  void theOriginalIsValidatedSoThatItCannotNameWhatMeteringAdds() {
    // global.get 0, and local.get 0: both exist in the metered module only.
    malformed("", ModuleBytes.withBody(part().put(0, 0x23, 0, 0x1A, 0x0B)));
    malformed("", ModuleBytes.withBody(part().put(0, 0x20, 0, 0x1A, 0x0B)));
    malformed("", ModuleBytes.withBody(part().put(0, 0x42, 0, 0x24, 0, 0x0B)));
  }

  @Test
  void namesFeaturesThatAreNotOffered() {
    unsupported(
        "relaxed vector instructions", ModuleBytes.withBody(part().put(0, 0xFD, 0x80, 2, 0x0B)));
    unsupported("threads", ModuleBytes.withBody(part().put(0, 0xFE, 0, 0x0B)));
    unsupported("exceptions", ModuleBytes.withBody(part().put(0, 0x06, 0x40, 0x0B, 0x0B)));
    unsupported("tail calls", ModuleBytes.withBody(part().put(0, 0x12, 0, 0x0B)));
    unsupported("garbage-collected types", ModuleBytes.withBody(part().put(0, 0xFB, 0, 0x0B)));
    malformed(
        "malformed limits flags 3; a shared memory or table (threads) is not offered here",
        ModuleBytes.begin().section(5, part().put(1, 3, 1, 1)).toBytes());
    malformed(
        "malformed limits flags 4; 64-bit memories or tables are not offered here",
        ModuleBytes.begin().section(5, part().put(1, 4, 1)).toBytes());
    unsupported(
        "more than one memory",
        ModuleBytes.begin().section(5, part().put(2, 0, 1, 0, 1)).toBytes());
    malformed(
        "malformed section id 13; a tag section (exceptions) is not offered here",
        ModuleBytes.begin().put(13, 0).toBytes());
  }

  @Test
  void namesImportsThatNoProgramMayHave() {
    CompiledModule module = VM.compile(Guests.wasm("memory_import"));
    InvalidArgument thrown = assertThrows(InvalidArgument.class, () -> module.link(Guests.HOST));
    assertEquals(
        "the module imports the memory env.memory; a program may import nothing but functions of"
            + " its host, since whatever else it shared would be no input of its run",
        thrown.getMessage());
  }

  @Test
  void namesImportsThatAreNotOffered() {
    CompiledModule module = VM.compile(Guests.wasm("memory"));
    InvalidArgument none =
        assertThrows(
            InvalidArgument.class, () -> module.link(HostImports.<Integer>builder().build()));
    assertEquals(
        "the module imports the function host.number, which is not offered here",
        none.getMessage());
    InvalidArgument other =
        assertThrows(
            InvalidArgument.class,
            () ->
                module.link(
                    HostImports.<Integer>builder()
                        .function("host", "number", "i>i", (_, _, _) -> 0)
                        .build()));
    assertEquals(
        "the module imports the function host.number; expected the signature i>i, found I>",
        other.getMessage());
  }

  @Test
  void namesEntriesThatAreMissing() {
    Program<Guests.Told> program = VM.compile(Guests.wasm("fuel")).link(Guests.HOST);
    assertEquals(
        "the module exports no function _start",
        assertThrows(
                InvalidArgument.class, () -> program.prepare(new Guests.Told(), Guests.AMPLE).run())
            .getMessage());
  }

  @Test
  void refusesWhatIsTooLarge() {
    tooLarge("length in bytes", new byte[100 << 20]);
    tooLarge(
        "initial table elements",
        ModuleBytes.begin().section(4, part().put(1, 0x70, 0).leb(0xFFFF_FFFFL)).toBytes());
    tooLarge("number of tables", ModuleBytes.begin().section(4, part().leb(1000)).toBytes());
    tooLarge(
        "number of imports",
        ModuleBytes.withType()
            .section(2, part().leb(5000).repeat(5000, 1, 'a', 1, 'b', 0, 0))
            .toBytes());
    tooLarge(
        "number of data segments",
        ModuleBytes.begin()
            .section(5, part().put(1, 0, 1))
            .section(11, part().leb(65_537).repeat(65_537, 0, 0x41, 0, 0x0B, 0))
            .toBytes());
    tooLarge(
        "number of parameters",
        ModuleBytes.begin().section(1, part().put(1, 0x60, 61).repeat(61, 0x7B).put(0)).toBytes());
    tooLarge(
        "locals of a function", ModuleBytes.withBody(part().leb(1).leb(5_001).put(0x7B, 0x0B)));
    tooLarge(
        "locals of a function",
        ModuleBytes.withBody(part().leb(1).leb(0xFFFF_FFFFL).put(0x7F, 0x0B)));
    tooLarge(
        "bytes of a function", ModuleBytes.withBody(part().put(0).repeat(2 << 20, 0x01).put(0x0B)));
    tooLarge(
        "nesting of blocks",
        ModuleBytes.withBody(part().put(0).repeat(100_000, 0x02, 0x40).repeat(100_001, 0x0B)));
    tooLarge(
        "number of branch targets",
        ModuleBytes.withBody(
            part().put(0, 0x41, 0, 0x0E).leb(100_000).repeat(100_001, 0).put(0x0B)));
    ModuleBytes code = part().leb(1000);
    ModuleBytes types = part().leb(1000).repeat(1000, 0);
    for (int i = 0; i < 1000; i++) {
      code.put(5, 1).leb(9_999).put(0x7E, 0x0B);
    }
    tooLarge("locals in all", ModuleBytes.withType().section(3, types).section(10, code).toBytes());
  }

  @Test
  void compilesTheLargestOfEverythingInBoundedTime() {
    byte[][] modules = {
      // A deep stack of operands, and many branches that carry it about.
      ModuleBytes.withBody(
          part()
              .put(0)
              .repeat(4_000, 0x41, 0)
              .repeat(4_000, 0x41, 0, 0x0D, 0)
              .repeat(4_000, 0x1A)
              .put(0x0B)),
      ModuleBytes.withBody(
          part().put(0).repeat(4_990, 0x02, 0x40).repeat(4_990, 0x41, 0, 0x0D, 0, 0x0B).put(0x0B)),
      ModuleBytes.withBody(
          part()
              .put(0)
              .repeat(4_990, 0x03, 0x40)
              .put(0x41, 0, 0x0E)
              .leb(19_999)
              .repeat(20_000, 0)
              .repeat(4_991, 0x0B)),
      ModuleBytes.withBody(part().put(0).repeat((1 << 20) - 2, 0x01).put(0x0B)),
      // A vector on the stack for every third byte.
      ModuleBytes.withBody(
          part()
              .put(0, 0x41, 0)
              .repeat(30_000, 0xFD, 15, 0xFD, 0x64, 0xFD, 16, 0xFD, 0x84, 1)
              .put(0x1A, 0x0B)),
    };
    for (byte[] module : modules) {
      assertTimeoutPreemptively(
          SOON,
          () -> {
            try {
              VM.compile(module);
            } catch (InvalidArgument e) {
              assertEquals("the module", String.valueOf(e.getMessage()).substring(0, 10));
            }
          });
    }
  }

  @Test
  void asManySegmentsAsThereMayBeArePutIntoMemory() {
    byte[] module =
        ModuleBytes.withType()
            .section(3, part().put(1, 0))
            .section(5, part().put(1, 0, 1))
            .section(7, part().put(1, 1, 'f', 0, 0))
            .section(10, part().put(1, 2, 0, 0x0B))
            .section(11, part().leb(65_536).repeat(65_536, 0, 0x41, 0, 0x0B, 1, 42))
            .toBytes();
    assertTimeoutPreemptively(
        SOON,
        () ->
            assertEquals(
                new ExecutionResult.Exited(0, 0),
                VM.compile(module)
                    .link(Guests.HOST)
                    .prepare(new Guests.Told(), Guests.AMPLE)
                    .run("f")));
  }

  @Test
  void theLargestModuleIsASetting() {
    byte[] module = Guests.wasm("fuel");
    VmSettings settings =
        new VmSettings(
            new ByteCount(module.length - 1),
            ByteCount.mebibytes(1),
            null,
            new ByteCount(0),
            0,
            Engine.COMPILER);
    try (Vm small = Vm.open(settings)) {
      assertThrows(InvalidArgument.class, () -> small.compile(module));
    }
  }

  @Test
  void aClosedMachineCompilesNothing() {
    Vm vm = Vm.open(VmSettings.defaults());
    vm.close();
    assertThrows(AlreadyClosed.class, () -> vm.compile(Guests.wasm("fuel")));
  }

  @Test
  void truncatedModulesAreRefusedAtEveryLength() {
    byte[] module = Guests.wasm("values");
    for (int length = 0; length < module.length; length++) {
      byte[] cut = Arrays.copyOf(module, length);
      try {
        // A cut between sections may leave a module that is complete, if one of nothing.
        assertTrue(VM.compile(cut).shape().exports().isEmpty(), "a cut at " + length);
      } catch (MalformedEncoding | InvalidArgument expected) {
        continue;
      }
    }
  }
}

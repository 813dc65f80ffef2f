package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What instances of a group share, and what a call across them costs.
final class InstanceGroupTest {

  private static final Limits LIMITS = new Limits(100_000, 4 << 16, 100);

  private static InstanceGroup<Guests.Told> group() {
    return InstanceGroup.of(Guests.HOST, new Guests.Told(), LIMITS);
  }

  /// A function `f` of nothing with this body, locals included, and another export.
  private static ModuleBytes exports(int kind) {
    return part().put(2, 1, 'f', 0, 0, 1, 'x', kind, 0);
  }

  private static ModuleBytes code(int... body) {
    return part().put(1, body.length).put(body);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void growthOfASharedMemoryIsSeenByAll(Mode mode) {
    byte[] grows =
        ModuleBytes.withType()
            .section(3, part().put(1, 0))
            .section(5, part().put(1, 1, 1, 3))
            .section(7, exports(2))
            .section(10, code(0, 0x41, 1, 0x40, 0, 0x1A, 0x0B))
            .toBytes();
    byte[] writes =
        ModuleBytes.withType()
            .section(2, part().put(1, 1, 'a', 1, 'x', 2, 1, 1, 3))
            .section(3, part().put(1, 0))
            .section(7, exports(2))
            .section(10, code(0, 0x41, 0x84, 0x80, 0x04, 0x41, 7, 0x36, 2, 0, 0x0B))
            .toBytes();
    InstanceGroup<Guests.Told> group = group();
    Member owner = group.instantiate(mode.compile(grows));
    group.register("a", owner);
    Member other = group.instantiate(mode.compile(writes));
    assertEquals(
        TrapKind.OUT_OF_BOUNDS, assertThrows(GuestTrap.class, () -> other.call("f")).kind());
    owner.call("f");
    other.call("f");
    assertEquals(7, owner.memory().getInt(65_540));
  }

  /// Two functions that call each other through a shared table, until the depth or the fuel ends.
  private static Member caller(InstanceGroup<Guests.Told> group, Mode mode, boolean loops) {
    byte[] first =
        ModuleBytes.withType()
            .section(3, part().put(1, 0))
            .section(4, part().put(1, 0x70, 0, 2))
            .section(7, exports(1))
            .section(9, part().put(1, 0, 0x41, 0, 0x0B, 1, 0))
            .section(10, code(0, 0x41, 1, 0x11, 0, 0, 0x0B))
            .toBytes();
    ModuleBytes body =
        loops ? code(0, 0x03, 0x40, 0x0C, 0, 0x0B, 0x0B) : code(0, 0x41, 0, 0x11, 0, 0, 0x0B);
    byte[] second =
        ModuleBytes.withType()
            .section(2, part().put(1, 1, 'a', 1, 'x', 1, 0x70, 0, 2))
            .section(3, part().put(1, 0))
            .section(9, part().put(1, 0, 0x41, 1, 0x0B, 1, 0))
            .section(10, body)
            .toBytes();
    Member member = group.instantiate(mode.compile(first));
    group.register("a", member);
    Member _ = group.instantiate(mode.compile(second));
    return member;
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void theDepthIsCountedAcrossInstances(Mode mode) {
    InstanceGroup<Guests.Told> group = group();
    Member member = caller(group, mode, false);
    GuestTrap trap = assertThrows(GuestTrap.class, () -> member.call("f"));
    assertEquals(TrapKind.STACK_OVERFLOW, trap.kind());
    // A frame weighs 3 of the 100: two instructions for each of 33, and of the one too deep.
    assertEquals(68, group.fuelUsed());
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void fuelEndsWhereverItIsBurnt(Mode mode) {
    InstanceGroup<Guests.Told> group = group();
    Member member = caller(group, mode, true);
    GuestTrap trap = assertThrows(GuestTrap.class, () -> member.call("f"));
    assertEquals(TrapKind.OUT_OF_FUEL, trap.kind());
    assertEquals(LIMITS.fuel(), group.fuelUsed());
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void hostFunctionsTakeAndReturnAnything(Mode mode) {
    List<Object> taken = new ArrayList<>();
    HostImports<List<Object>> host =
        HostImports.<List<Object>>builder()
            .values("h", "give", ">x", (_, _, values) -> values.setReference(0, "thing"))
            .values(
                "h",
                "swap",
                "xi>Ix",
                (_, _, values) -> {
                  Object given = values.reference(0);
                  values.setNumber(0, (int) values.number(1) + 1);
                  values.setReference(1, given);
                })
            .values(
                "h",
                "take",
                "Ix>",
                (told, _, values) -> {
                  told.add(values.number(0));
                  told.add(String.valueOf(values.reference(1)));
                })
            .build();
    byte[] wasm =
        ModuleBytes.begin()
            .section(
                1,
                part()
                    .put(4, 0x60, 0, 0, 0x60, 0, 1, 0x6F, 0x60, 2, 0x6F, 0x7F, 2, 0x7E, 0x6F)
                    .put(0x60, 2, 0x7E, 0x6F, 0))
            .section(
                2,
                part()
                    .put(3, 1, 'h', 4, 'g', 'i', 'v', 'e', 0, 1)
                    .put(1, 'h', 4, 's', 'w', 'a', 'p', 0, 2)
                    .put(1, 'h', 4, 't', 'a', 'k', 'e', 0, 3))
            .section(3, part().put(1, 0))
            .section(7, part().put(1, 1, 'f', 0, 3))
            .section(10, code(0, 0x10, 0, 0x41, 5, 0x10, 1, 0x10, 2, 0x0B))
            .toBytes();
    Program<List<Object>> program = mode.compile(wasm).link(host);
    assertEquals(new ExecutionResult.Exited(0, 4), program.prepare(taken, LIMITS).run("f"));
    assertEquals(List.of(6L, "thing"), taken);
  }

  @Test
  void importsThatDoNotMatchAreNamed() {
    HostImports<Guests.Told> host =
        HostImports.<Guests.Told>builder().global("h", "x", ValueType.I32, false, 1).build();
    InstanceGroup<Guests.Told> group = InstanceGroup.of(host, new Guests.Told(), LIMITS);
    assertEquals(
        "the module imports the global h.x; expected a global i32 that changes, found a constant"
            + " i32",
        refused(group, part().put(1, 1, 'h', 1, 'x', 3, 0x7F, 1)));
    assertEquals(
        "the module imports the memory h.x; expected a memory of 1 pages, found a constant i32",
        refused(group, part().put(1, 1, 'h', 1, 'x', 2, 0, 1)));
    assertEquals(
        "the module imports the table h.y, which is not offered here",
        refused(group, part().put(1, 1, 'h', 1, 'y', 1, 0x70, 0, 1)));
  }

  private static String refused(InstanceGroup<Guests.Told> group, ModuleBytes imports) {
    CompiledModule module =
        Mode.COMPILED.compile(ModuleBytes.begin().section(2, imports).toBytes());
    return String.valueOf(
        assertThrows(InvalidArgument.class, () -> group.instantiate(module)).getMessage());
  }
}

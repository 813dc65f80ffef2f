package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.run.Invoker.Value;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Runs scripts of the official test suite and counts what came of it.
final class SpecRunner {

  private static final Limits LIMITS = new Limits(10_000_000_000L, 512L << 20, 2000);
  /// Why a command is not run.
  static final String TEXT = "modules in text form";

  private final Mode mode;
  final Map<String, Integer> passed = new TreeMap<>();
  final Map<String, Integer> notRun = new TreeMap<>();
  final List<String> failures = new ArrayList<>();
  private Map<String, Invoker> named = new HashMap<>();
  private @Nullable Invoker current;
  private InstanceGroup<String> group = group();

  SpecRunner(Mode mode) {
    this.mode = mode;
  }

  void run(SpecScript script) {
    named = new HashMap<>();
    current = null;
    group = group();
    for (Map<String, Object> command : script.commands()) {
      String type = text(command, "type");
      try {
        String outcome = run(script, type, command);
        if (outcome.isEmpty()) {
          passed.merge(type, 1, Integer::sum);
        } else {
          notRun.merge(outcome, 1, Integer::sum);
        }
      } catch (Exception | AssertionError e) {
        failures.add(
            script.folder().getFileName() + ":" + command.get("line") + " " + type + ": " + e);
      }
    }
  }

  private static InstanceGroup<String> group() {
    return InstanceGroup.of(SpecImports.IMPORTS, "", LIMITS);
  }

  /// Empty when the command did as it should, else why it cannot be run here.
  private String run(SpecScript script, String type, Map<String, Object> command)
      throws IOException {
    return switch (type) {
      case "module" -> instantiate(script, command);
      case "register" -> register(command);
      case "action", "assert_return" -> assertReturn(command);
      case "assert_trap", "assert_exhaustion" -> assertTrap(command);
      case "assert_invalid", "assert_malformed" -> assertRefused(script, command);
      case "assert_unlinkable", "assert_uninstantiable" -> assertNotInstantiated(script, command);
      default -> throw new AssertionError("unknown command " + type);
    };
  }

  private String register(Map<String, Object> command) {
    group.register(text(command, "as"), target(command, "name").member());
    return "";
  }

  private Invoker target(Map<String, Object> command, String key) {
    Invoker found = command.containsKey(key) ? named.get(text(command, key)) : current;
    if (found == null) {
      throw new AssertionError("no instance " + command.get(key));
    }
    return found;
  }

  private String instantiate(SpecScript script, Map<String, Object> command) throws IOException {
    current = null;
    current = start(script, command);
    if (command.containsKey("name")) {
      named.put(text(command, "name"), current);
    }
    return "";
  }

  private Invoker start(SpecScript script, Map<String, Object> command) throws IOException {
    byte[] wasm = Files.readAllBytes(script.folder().resolve(text(command, "filename")));
    return new Invoker(group.instantiate(mode.compile(wasm)));
  }

  private String assertRefused(SpecScript script, Map<String, Object> command) throws IOException {
    if (!text(command, "module_type").equals("binary")) {
      return TEXT;
    }
    byte[] wasm = Files.readAllBytes(script.folder().resolve(text(command, "filename")));
    try {
      mode.compile(wasm);
    } catch (MalformedEncoding expected) {
      return "";
    } catch (InvalidArgument e) {
      boolean limit = String.valueOf(e.getMessage()).contains("more than one memory");
      return limit ? "" : String.valueOf(e.getMessage());
    }
    throw new AssertionError("accepted; expected " + command.get("text"));
  }

  private String assertNotInstantiated(SpecScript script, Map<String, Object> command)
      throws IOException {
    String wanted = text(command, "text");
    try {
      Invoker _ = start(script, command);
    } catch (GuestTrap e) {
      requireTrap(wanted, e);
      return "";
    } catch (InvalidArgument e) {
      String found = String.valueOf(e.getMessage());
      if (found.contains(wanted.equals("unknown import") ? "not offered here" : "; expected ")) {
        return "";
      }
      throw new AssertionError("found " + found + "; expected " + wanted, e);
    }
    throw new AssertionError("instantiated; expected " + wanted);
  }

  private String assertTrap(Map<String, Object> command) {
    String expected = text(command, "text");
    try {
      String missing = perform(command, null);
      if (!missing.isEmpty()) {
        return missing;
      }
    } catch (GuestTrap e) {
      requireTrap(expected, e);
      return "";
    }
    throw new AssertionError("no trap; expected " + expected);
  }

  private static void requireTrap(String expected, GuestTrap trap) {
    String found = trap.kind() == TrapKind.STACK_OVERFLOW ? "call stack exhausted" : trap.detail();
    if (!expected.startsWith(found) && !found.startsWith(expected)) {
      throw new AssertionError("trapped with " + found + "; expected " + expected);
    }
  }

  private String assertReturn(Map<String, Object> command) {
    return perform(command, list(command, "expected"));
  }

  private String perform(
      Map<String, Object> command, @Nullable List<Map<String, Object>> expected) {
    Map<String, Object> action = map(command, "action");
    Invoker target = target(action, "module");
    String field = text(action, "field");
    List<Value> found =
        text(action, "type").equals("get")
            ? List.of(target.global(field))
            : target.call(
                field, list(action, "args").stream().map(SpecRunner::argumentValue).toList());
    compare(expected, found);
    return "";
  }

  private static Value argumentValue(Map<String, Object> given) {
    if (text(given, "type").equals("v128")) {
      return SpecVectors.value(given);
    }
    return new Value(argument(given), reference(given));
  }

  private static @Nullable Object reference(Map<String, Object> value) {
    boolean isReference = text(value, "type").equals("externref");
    return isReference && !text(value, "value").equals("null") ? text(value, "value") : null;
  }

  private static long argument(Map<String, Object> value) {
    String text = text(value, "value");
    return text.equals("null") ? -1 : Long.parseUnsignedLong(text);
  }

  private static void compare(@Nullable List<Map<String, Object>> expected, List<Value> found) {
    if (expected == null) {
      return;
    }
    if (expected.size() != found.size()) {
      throw new AssertionError("expected " + expected + ", found " + found);
    }
    for (int i = 0; i < found.size(); i++) {
      if (!matches(expected.get(i), found.get(i))) {
        throw new AssertionError("expected " + expected.get(i) + ", found " + found.get(i));
      }
    }
  }

  private static boolean matches(Map<String, Object> expected, Value found) {
    return text(expected, "type").equals("v128")
        ? SpecVectors.matches(expected, found)
        : matches(expected, found.bits(), found.reference());
  }

  private static boolean matches(
      Map<String, Object> expected, long found, @Nullable Object reference) {
    String type = text(expected, "type");
    String value = expected.containsKey("value") ? text(expected, "value") : "null";
    boolean is32 = type.equals("f32") || type.equals("i32");
    if (value.startsWith("nan:")) {
      // Arithmetic that makes a NaN makes the canonical one; a NaN that was given may be returned.
      return is32
          ? Float.isNaN(Float.intBitsToFloat((int) found))
          : Double.isNaN(Double.longBitsToDouble(found));
    }
    if (type.equals("externref")) {
      return value.equals("null") ? reference == null : value.equals(reference);
    }
    if (type.equals("funcref")) {
      return value.equals("null") ? (int) found == -1 : (int) found == Long.parseLong(value);
    }
    long wanted = Long.parseUnsignedLong(value);
    return is32 ? (int) found == (int) wanted : found == wanted;
  }

  private static String text(Map<String, Object> members, String name) {
    return (String) require(members, name);
  }

  @SuppressWarnings("unchecked") // The shape of the file, which wabt documents.
  private static Map<String, Object> map(Map<String, Object> members, String name) {
    return (Map<String, Object>) require(members, name);
  }

  @SuppressWarnings("unchecked") // The shape of the file, which wabt documents.
  private static List<Map<String, Object>> list(Map<String, Object> members, String name) {
    return (List<Map<String, Object>>) require(members, name);
  }

  private static Object require(Map<String, Object> members, String name) {
    Object value = members.get(name);
    if (value == null) {
      throw new AssertionError("no " + name + " in " + members);
    }
    return value;
  }
}

package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The types that keys have.
///
/// **Threading:** stateless. **Errors:** a value of another type throws [IllegalArgumentException]
/// or a fault; the caller makes a [Problem] of it.
final class Types {

  private static final int LIST_MAX = 64;
  private static final int TEXT_MAX = 4096;

  private Types() {}

  /// A name of a cluster or a node: what directory names, certificates and logs all bear.
  static Type<String> name() {
    return text(
        "1 to 64 of letters, digits, '_', '.', '-', beginning with a letter or digit",
        text -> text.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"));
  }

  /// A host name or an address.
  static Type<String> host() {
    return text(
        "a host name or an address", text -> text.matches("[A-Za-z0-9][A-Za-z0-9.:-]{0,252}"));
  }

  static Type<String> oneOf(List<String> words) {
    return text("one of " + String.join(", ", words), words::contains);
  }

  private static Type<String> text(String expected, Predicate<String> holds) {
    return new Type<>(expected, raw -> check(string(raw), holds), Types::quote);
  }

  static Type<Path> path() {
    return new Type<>(
        "a path",
        raw -> Path.of(check(string(raw), text -> !text.isBlank() && text.indexOf('\0') < 0)),
        path -> quote(path.toString()));
  }

  static Type<Integer> whole(int min, int max) {
    return new Type<>(
        "a whole number from " + min + " to " + max,
        raw -> Math.toIntExact(check(number(raw), n -> n >= min && n <= max)),
        n -> Integer.toString(n));
  }

  static Type<Long> count(long min, long max) {
    return new Type<>(
        "a whole number from " + min + " to " + max,
        raw -> check(number(raw), n -> n >= min && n <= max),
        n -> Long.toString(n));
  }

  static Type<Boolean> truth() {
    return new Type<>(
        "true or false",
        raw -> Boolean.parseBoolean(check(string(raw), Set.of("true", "false")::contains)),
        truth -> Boolean.toString(truth));
  }

  /// Bytes, with a unit.
  static Type<ByteCount> size(ByteCount min, ByteCount max) {
    return new Type<>(
        "a size with its unit from " + exact(min) + " to " + exact(max),
        raw ->
            check(
                ByteCount.parse(check(string(raw), Types::endsWithLetter)),
                size -> size.bytes() >= min.bytes() && size.bytes() <= max.bytes()),
        Types::exact);
  }

  /// A time, with a unit.
  static Type<Duration> duration(Duration min, Duration max) {
    return new Type<>(
        "a time with its unit from " + DurationText.of(min) + " to " + DurationText.of(max),
        raw ->
            check(
                DurationText.parse(string(raw)),
                time -> time.compareTo(min) >= 0 && time.compareTo(max) <= 0),
        DurationText::of);
  }

  static Type<List<HostPort>> addresses() {
    return list(
        "a list of host:port, at most " + LIST_MAX + ", none twice",
        LIST_MAX,
        HostPort::parse,
        HostPort::toString);
  }

  /// The replicas of a log: `control-1=10.0.0.1:7500`.
  static Type<List<LogPeer>> peers() {
    return list(
        "a list of NAME=HOST:PORT, at most " + LIST_MAX + ", no name twice",
        LIST_MAX,
        Types::peer,
        peer -> peer.id() + "=" + peer.address());
  }

  static Type<List<Tenant>> tenants() {
    int max = MemoryCalls.TENANTS_MAX - 1;
    return list(
        "a list of names of tenants, at most " + max + " besides the default one",
        max,
        Tenant::new,
        Tenant::name);
  }

  private static LogPeer peer(String text) {
    int equals = text.indexOf('=');
    String name = text.substring(0, Math.max(0, equals));
    HostPort address = HostPort.parse(text.substring(equals + 1));
    return new LogPeer(name, address.host(), address.port());
  }

  private static <T> Type<List<T>> list(
      String expected, int max, Function<String, T> parse, Function<T, String> render) {
    return new Type<>(
        expected,
        raw -> {
          List<T> items = items(raw).stream().map(Types::string).map(parse).toList();
          Set<String> distinct =
              items.stream().map(render).collect(Collectors.toCollection(TreeSet::new));
          check(items.size(), size -> size <= max && size == distinct.size());
          return items;
        },
        items ->
            items.stream()
                .map(render)
                .map(Types::quote)
                .collect(Collectors.joining(", ", "[", "]")));
  }

  private static List<?> items(Object raw) {
    if (raw instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("no list");
  }

  private static String string(@Nullable Object raw) {
    return switch (raw) {
      case String text -> check(text, t -> t.length() <= TEXT_MAX);
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case null, default -> throw new IllegalArgumentException("no text");
    };
  }

  private static long number(Object raw) {
    return Long.parseLong(string(raw));
  }

  private static boolean endsWithLetter(String text) {
    return !text.isEmpty() && Character.isLetter(text.charAt(text.length() - 1));
  }

  private static <T> T check(T value, Predicate<T> holds) {
    if (!holds.test(value)) {
      throw new IllegalArgumentException("out of range");
    }
    return value;
  }

  /// A size without rounding, in the largest unit that is exact.
  static String exact(ByteCount size) {
    long bytes = size.bytes();
    int unit = bytes == 0 ? 0 : Math.min(4, Long.numberOfTrailingZeros(bytes) / 10);
    return (bytes >> 10 * unit) + List.of("B", "KiB", "MiB", "GiB", "TiB").get(unit);
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}

package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The parts of [ClientSettings]: what each is called, and how it is written.
///
/// **Threading:** immutable.
public enum Setting {
  /// Where control nodes answer. In a URL they stand in front of the `?`.
  CONTROL(
      "control",
      "HOST:PORT, with commas between several",
      (draft, text) -> draft.controls = addresses(text),
      settings -> settings.controls().stream().map(Setting::text).collect(Collectors.joining(","))),

  /// Whose content is stored and fetched.
  TENANT(
      "tenant",
      "1 to 32 of a to z, 0 to 9 and -",
      (draft, text) -> draft.tenant = new Tenant(text),
      settings -> settings.tenant().name()),

  /// Who pays for what is put and held.
  ACCOUNT(
      "account",
      "1 to 64 of a to z, 0 to 9, '.', '-' and '_'",
      (draft, text) -> draft.account = new Account(text),
      settings -> settings.account().name()),

  /// With what to prove who is asking; needed where the cluster has TLS.
  IDENTITY(
      "identity",
      "a folder as 'kog ca issue' writes it, or nothing",
      (draft, text) -> draft.identity = text.isEmpty() ? null : Path.of(text),
      settings -> settings.identity() == null ? "" : settings.identity().toString()),

  /// How bytes move.
  VERBS(
      "verbs",
      "auto, native, shared or tcp",
      (draft, text) -> draft.path = path(text),
      settings -> settings.path().word()),

  /// How long one control call may take.
  CALL_TIMEOUT(
      "call-timeout",
      "1ms to 60m",
      (draft, text) -> draft.callTimeout = Durations.parse("call-timeout", text),
      settings -> Durations.format(settings.callTimeout())),

  /// How long the transfer of one batch of blobs may take.
  TRANSFER_TIMEOUT(
      "transfer-timeout",
      "1ms to 60m",
      (draft, text) -> draft.transferTimeout = Durations.parse("transfer-timeout", text),
      settings -> Durations.format(settings.transferTimeout())),

  /// How long what is held stays when this process is no longer heard of.
  LEASE(
      "lease",
      "1ms to " + Durations.format(Durations.LEASE_MAX),
      (draft, text) -> draft.lease = Durations.parse("lease", text),
      settings -> Durations.format(settings.lease())),

  /// On how many memory nodes source data is put.
  REPLICAS(
      "replicas",
      "1 to " + ClientSettings.REPLICAS_MAX,
      (draft, text) -> draft.replicas = number(text),
      settings -> Integer.toString(settings.replicas())),

  /// Registered memory for what is looked at.
  VIEW_MEMORY(
      "view-memory",
      "0 to " + bytes(ClientSettings.VIEW_MEMORY_MAX),
      (draft, text) -> draft.viewMemory = ByteCount.parse(text),
      settings -> bytes(settings.viewMemory())),

  /// How often a run is asked how far it has come.
  PROGRESS_INTERVAL(
      "progress-interval",
      "1ms to 60m",
      (draft, text) -> draft.progressInterval = Durations.parse("progress-interval", text),
      settings -> Durations.format(settings.progressInterval()));

  private final String key;
  private final String expected;
  private final BiConsumer<SettingsDraft, String> reader;
  private final Function<ClientSettings, String> writer;

  Setting(
      String key,
      String expected,
      BiConsumer<SettingsDraft, String> reader,
      Function<ClientSettings, String> writer) {
    this.key = key;
    this.expected = expected;
    this.reader = reader;
    this.writer = writer;
  }

  /// Its name in URLs and files.
  public String key() {
    return key;
  }

  /// Its name in the environment: `KOG_` and the key in capitals.
  public String variable() {
    return "KOG_" + name();
  }

  /// What it may be, for people.
  public String expected() {
    return expected;
  }

  /// What it is in some settings, as it would be written in a file.
  public String of(ClientSettings settings) {
    return writer.apply(settings);
  }

  /// @param name what the reader of an error would look for: the key, or the variable
  void read(SettingsDraft draft, String name, String text) {
    try {
      reader.accept(draft, text);
    } catch (InvalidArgument | InvalidPathException e) {
      throw new InvalidArgument(
          name + " is '" + text + "', expected " + expected + ": " + e.getMessage(), e);
    }
  }

  private static List<InetSocketAddress> addresses(String text) {
    return ClusterFile.parseAddresses(text);
  }

  private static String text(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  private static DataPath path(String text) {
    return Arrays.stream(DataPath.values())
        .filter(each -> each.word().equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new InvalidArgument("there is no such way"));
  }

  /// Exactly: [ByteCount#toString] rounds.
  private static String bytes(ByteCount count) {
    long mebibytes = count.bytes() >> 20;
    return mebibytes << 20 == count.bytes() ? mebibytes + "MiB" : Long.toString(count.bytes());
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidArgument("that is no number", e);
    }
  }
}

package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The file in a state folder that says where the cluster with that state is, while it runs.
///
/// ```
/// control=127.0.0.1:40123,127.0.0.1:40124,127.0.0.1:40125
/// pid=4711
/// started=1763760000
/// identity=/srv/kog/identity
/// ```
///
/// Written atomically, readable by its owner only. It outlives a killed cluster: whether one runs
/// is told by the process, not by the file.
///
/// @param controls where each control node answers, at least one
/// @param pid the process that runs the cluster
/// @param startedEpochSeconds when the operating system says that process began; tells it
///     from another one that was later given the same number
/// @param identity the folder with which a client proves who it is; null when the cluster has
///     no TLS
public record ClusterFile(
    List<InetSocketAddress> controls, long pid, long startedEpochSeconds, @Nullable Path identity) {

  public static final String NAME = "cluster.properties";

  /// Start times are computed from the time of boot, which the clock may adjust.
  private static final long CLOCK_SLACK_SECONDS = 2;

  /// Copies the list.
  public ClusterFile {
    controls = List.copyOf(controls);
  }

  /// The file of a state folder, describing this process.
  public static ClusterFile ofThisProcess(
      List<InetSocketAddress> controls, @Nullable Path identity) {
    ProcessHandle self = ProcessHandle.current();
    return new ClusterFile(controls, self.pid(), startOf(self), identity);
  }

  /// Reads a state folder's file.
  ///
  /// @throws Unavailable when there is none: no cluster was started there, or it was stopped
  public static ClusterFile read(Path folder) {
    Path file = folder.resolve(NAME);
    try {
      Properties properties = new Properties();
      properties.load(new StringReader(Files.readString(file)));
      String identity = properties.getProperty("identity");
      return new ClusterFile(
          parseAddresses(required(properties, "control", file)),
          Long.parseLong(required(properties, "pid", file)),
          Long.parseLong(required(properties, "started", file)),
          identity == null ? null : Path.of(identity));
    } catch (NoSuchFileException e) {
      throw new Unavailable("no cluster is running in " + folder, e);
    } catch (NumberFormatException e) {
      throw new MalformedEncoding(file + ": expected numbers, " + e.getMessage(), e);
    } catch (IOException e) {
      throw new Unavailable(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /// Writes the state folder's file.
  public void write(Path folder) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("control", addresses());
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("started", Long.toString(startedEpochSeconds));
    if (identity != null) {
      properties.setProperty("identity", identity.toAbsolutePath().toString());
    }
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Path partial = folder.resolve("." + NAME + "." + pid);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Files.deleteIfExists(partial);
    Files.createFile(partial, ownerOnly);
    Files.writeString(partial, text.toString(), StandardOpenOption.WRITE);
    Files.move(partial, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Whether the process it names is alive and is that process.
  public boolean isRunning() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> Math.abs(startOf(process) - startedEpochSeconds) <= CLOCK_SLACK_SECONDS)
        .isPresent();
  }

  /// Where the first control node answers.
  public InetSocketAddress control() {
    return controls.getFirst();
  }

  /// Reads `host:port`, or several with commas between them.
  ///
  /// @throws InvalidArgument when the text is anything else
  public static List<InetSocketAddress> parseAddresses(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .map(ClusterFile::parseAddress)
        .toList();
  }

  /// Reads `host:port`.
  ///
  /// @throws InvalidArgument when the text is anything else
  public static InetSocketAddress parseAddress(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port > 0) {
        return new InetSocketAddress(text.substring(0, colon), port);
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidArgument("not an address: '" + text + "'; expected host:port", e);
    }
    throw new InvalidArgument("not an address: '" + text + "'; expected host:port");
  }

  private String addresses() {
    return controls.stream().map(ClusterFile::text).collect(Collectors.joining(","));
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(instant -> instant.getEpochSecond()).orElse(0L);
  }

  private static String required(Properties properties, String key, Path file) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new MalformedEncoding(file + ": expected a line " + key + "=…");
    }
    return value;
  }
}

package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// The file in a state folder that says which processes its nodes are, while `kog up` watches
/// them.
///
/// ```
/// restarts=true
/// control-1=4711 ready
/// memory-1=4712 starting
/// ```
///
/// Written atomically, anew with each change.
///
/// @param restarts whether a node that ends is started again
/// @param nodes by name
public record ProcessesFile(boolean restarts, Map<String, Entry> nodes) {

  static final String NAME = "processes.properties";

  private static final String RESTARTS = "restarts";

  /// One node's process.
  public record Entry(long pid, boolean isReady) {}

  public ProcessesFile {
    nodes = Map.copyOf(nodes);
  }

  /// Reads a state folder's file.
  ///
  /// @throws NotFound when there is none: all nodes are in one process
  public static ProcessesFile read(Path folder) {
    Path file = folder.resolve(NAME);
    try {
      Properties properties = new Properties();
      properties.load(new StringReader(Files.readString(file)));
      Map<String, Entry> nodes = new TreeMap<>();
      for (String name : properties.stringPropertyNames()) {
        if (!name.equals(RESTARTS)) {
          String[] words = properties.getProperty(name).split(" ", -1);
          nodes.put(
              name, new Entry(Long.parseLong(words[0]), words[words.length - 1].equals("ready")));
        }
      }
      return new ProcessesFile(Boolean.parseBoolean(properties.getProperty(RESTARTS)), nodes);
    } catch (NoSuchFileException e) {
      throw new NotFound(
          "the nodes of the cluster in " + folder + " are no processes of their own", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new Unavailable(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /// Writes the state folder's file.
  void write(Path folder) throws IOException {
    StringBuilder text = new StringBuilder(RESTARTS + "=" + restarts + "\n");
    new TreeMap<>(nodes)
        .forEach(
            (name, entry) ->
                text.append(
                    "%s=%d %s%n".formatted(name, entry.pid, entry.isReady ? "ready" : "starting")));
    Path partial = folder.resolve("." + NAME + ".partial");
    Files.writeString(partial, text);
    Files.move(partial, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }
}

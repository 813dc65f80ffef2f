package io.kogluktualuk.rdma.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Unpacks a recorded machine: a text in which `### /PATH` begins a file, `### /PATH -> TARGET`
/// is a link and `### /PATH/` a folder.
final class RecordedMachine {

  private static final String MARK = "### ";

  private RecordedMachine() {}

  static Path unpack(String name, Path root) throws IOException {
    Path file = null;
    StringBuilder content = new StringBuilder();
    for (String line : (text(name) + "\n" + MARK + "/end").lines().toList()) {
      if (!line.startsWith(MARK)) {
        content.append(line).append('\n');
        continue;
      }
      if (file != null) {
        Files.writeString(file, content);
      }
      content.setLength(0);
      file = begin(root, line.substring(MARK.length()));
    }
    return root;
  }

  private static Path begin(Path root, String entry) throws IOException {
    String[] link = entry.split(" -> ", 2);
    Path path = root.resolve(link[0].substring(1));
    if (entry.endsWith("/")) {
      Files.createDirectories(path);
      return root.resolve("end");
    }
    Files.createDirectories(path.getParent());
    if (link.length == 2) {
      Files.createSymbolicLink(path, Path.of(link[1]));
      return root.resolve("end");
    }
    return path;
  }

  private static String text(String name) throws IOException {
    try (InputStream in = RecordedMachine.class.getResourceAsStream(name + ".tree")) {
      if (in == null) {
        throw new IOException("no recorded machine " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

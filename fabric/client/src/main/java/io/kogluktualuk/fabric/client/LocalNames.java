package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Names of this machine's files as names of a tree, and back.
///
/// A file name here is bytes; a name in a tree is UTF-8. What the JDK cannot decode it shows as
/// U+FFFD, so a name with that character is looked at byte by byte, which its URI gives.
///
/// **Threading:** stateless.
final class LocalNames {

  private static final char REPLACEMENT = '\uFFFD';

  private LocalNames() {}

  /// The last name of a path.
  ///
  /// @throws InvalidArgument when it is not UTF-8, or a tree cannot have it
  static String of(Path path) {
    Path last = path.getFileName();
    String name = last == null ? "" : last.toString();
    if (name.indexOf(REPLACEMENT) >= 0) {
      name = decode(path);
    }
    String objection = Tree.checkName(name);
    if (objection != null) {
      throw new InvalidArgument(path + ": " + objection);
    }
    return name;
  }

  /// The path of an entry with this name in a directory.
  ///
  /// @throws InvalidArgument when this machine has no such name
  static Path resolve(Path directory, String name) {
    try {
      Path path = directory.resolve(name);
      if (name.equals(".") || name.equals("..") || !directory.equals(path.getParent())) {
        throw new InvalidArgument("'" + name + "' is not a name in " + directory);
      }
      return path;
    } catch (InvalidPathException e) {
      throw new InvalidArgument(
          "'" + name + "' cannot be a file name here: " + e.getReason() + " (is the locale UTF-8?)",
          e);
    }
  }

  private static String decode(Path path) {
    String raw = path.toUri().getRawPath();
    String trimmed = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    byte[] bytes = percentDecoded(trimmed.substring(trimmed.lastIndexOf('/') + 1));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidArgument(path + ": its name is not UTF-8, expected UTF-8", e);
    }
  }

  private static byte[] percentDecoded(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(raw.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}

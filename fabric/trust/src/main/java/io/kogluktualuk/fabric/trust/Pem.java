package io.kogluktualuk.fabric.trust;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// One part of a PEM file (RFC 7468): a label and bytes. Text outside the parts is a comment.
///
/// **Threading:** stateless. **Bound:** [#FILE_BYTES_MAX] a file, [#PARTS_MAX] parts.
/// **Ownership:** the bytes are whoever's got the record; nobody changes them.
record Pem(String label, byte[] bytes) {

  static final int FILE_BYTES_MAX = 256 * 1024;
  static final int PARTS_MAX = 64;

  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";
  static final String REQUEST = "CERTIFICATE REQUEST";

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /// Reads a file of at most [#FILE_BYTES_MAX].
  ///
  /// @throws NotFound when there is none
  static byte[] read(Path file) {
    try {
      long size = Files.size(file);
      if (size > FILE_BYTES_MAX) {
        throw new MalformedEncoding(
            file + " has " + size + " bytes, at most " + FILE_BYTES_MAX + " are read");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new NotFound("there is no file " + file, e);
    } catch (IOException e) {
      throw new Unavailable("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /// @param what names the file in messages
  /// @throws MalformedEncoding when a part does not end, or is not Base64
  static List<Pem> parse(String what, byte[] text) {
    List<Pem> parts = new ArrayList<>();
    StringBuilder base64 = new StringBuilder();
    String label = "";
    for (String raw : new String(text, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      String line = raw.strip();
      if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() > BEGIN.length() + 5) {
        needEnded(what, label);
        label = line.substring(BEGIN.length(), line.length() - DASHES.length());
        base64.setLength(0);
      } else if (line.startsWith(END)) {
        if (label.isEmpty() || !line.equals(END + label + DASHES)) {
          throw new MalformedEncoding(what + " has an end that does not match '" + label + "'");
        }
        parts.add(new Pem(label, decode(what, label, base64)));
        label = "";
        if (parts.size() > PARTS_MAX) {
          throw new MalformedEncoding(what + " has more than " + PARTS_MAX + " parts");
        }
      } else if (!label.isEmpty()) {
        base64.append(line);
      }
    }
    needEnded(what, label);
    return parts;
  }

  private static void needEnded(String what, String label) {
    if (!label.isEmpty()) {
      throw new MalformedEncoding(what + " is cut off: the part '" + label + "' has no end");
    }
  }

  private static byte[] decode(String what, String label, CharSequence base64) {
    try {
      return Base64.getDecoder().decode(base64.toString());
    } catch (IllegalArgumentException e) {
      throw new MalformedEncoding(
          what + ": the part '" + label + "' is not Base64: " + e.getMessage(), e);
    }
  }

  /// As text, with its lines.
  String text() {
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return BEGIN
        + label
        + DASHES
        + "\n"
        + lines.encodeToString(bytes)
        + "\n"
        + END
        + label
        + DASHES
        + "\n";
  }
}

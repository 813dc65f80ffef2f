package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.AuditChain;
import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The audit log as a text file: a line for each entry, and one at the beginning and the end.
///
/// ```
/// kog-audit 1 <TAB> number of the anchor <TAB> hash of the anchor
/// number <TAB> previous hash <TAB> milliseconds since 1970 <TAB> who <TAB> what <TAB> details
/// end <TAB> number of the last entry <TAB> its hash
/// ```
///
/// In texts, `\\`, `\t`, `\n` and `\r` stand for the backslash and for what would break a line.
///
/// **Threading:** stateless.
final class AuditFile {

  private static final String BEGIN = "kog-audit 1";
  private static final String END = "end";

  private AuditFile() {}

  /// @throws Conflict when the file is there already
  static AuditHead write(Path file, Fabric fabric) {
    try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
      AuditHead begin = Operator.of(fabric).control().auditHead();
      line(out, BEGIN, begin.anchorSequence(), begin.anchor().toHex());
      AuditHead head = Operator.of(fabric).readAudit(entry -> line(out, entry));
      line(out, END, head.sequence(), head.hash().toHex());
      return head;
    } catch (FileAlreadyExistsException e) {
      throw new Conflict("file " + file + " exists already", e);
    } catch (IOException e) {
      throw new Unavailable("file " + file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /// Follows the chain in a file.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Corruption when a link is broken
  /// @throws MalformedEncoding when it is no such file, or was cut off
  static AuditHead verify(Path file) {
    try (BufferedReader in = Files.newBufferedReader(file)) {
      String[] begin = fields(in.readLine(), 3);
      if (!begin[0].equals(BEGIN)) {
        throw new MalformedEncoding("file " + file + " is no exported audit log");
      }
      long anchor = number(begin[1]);
      Hash anchorHash = hash(begin[2]);
      AuditChain chain = new AuditChain(new AuditHead(anchor, anchorHash, anchor, anchorHash));
      while (true) {
        String line = in.readLine();
        if (line != null && line.startsWith(END + "\t")) {
          String[] end = fields(line, 3);
          AuditHead head = head(number(end[1]), hash(end[2]), anchor, anchorHash);
          chain.end(head);
          return head;
        }
        chain.follow(entry(fields(line, 6)));
      }
    } catch (NoSuchFileException e) {
      throw new NotFound("file " + file + " does not exist", e);
    } catch (CharacterCodingException e) {
      throw new MalformedEncoding("file " + file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new Unavailable("file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void line(Writer out, AuditEntry entry) {
    try {
      line(
          out,
          Long.toString(entry.sequence()),
          entry.previous().toHex(),
          entry.atMillis(),
          escaped(entry.who()),
          escaped(entry.what()),
          escaped(entry.details()));
    } catch (IOException e) {
      throw new Unavailable("the audit log cannot be written: " + e.getMessage(), e);
    }
  }

  private static void line(Writer out, Object... fields) throws IOException {
    for (int i = 0; i < fields.length; i++) {
      out.write((i == 0 ? "" : "\t") + fields[i]);
    }
    out.write("\n");
  }

  private static String[] fields(@Nullable String line, int count) {
    String[] fields = line == null ? new String[0] : line.split("\t", -1);
    if (fields.length != count) {
      throw new MalformedEncoding(
          line == null
              ? "the exported audit log is cut off"
              : "a line has " + fields.length + " fields, expected " + count);
    }
    return fields;
  }

  private static AuditEntry entry(String[] fields) {
    try {
      return new AuditEntry(
          number(fields[0]),
          hash(fields[1]),
          number(fields[2]),
          unescaped(fields[3]),
          unescaped(fields[4]),
          unescaped(fields[5]));
    } catch (IllegalArgumentException e) {
      throw new MalformedEncoding("a line is no audit entry: " + e.getMessage(), e);
    }
  }

  private static AuditHead head(long sequence, Hash hash, long anchor, Hash anchorHash) {
    if (sequence < anchor) {
      throw new MalformedEncoding("the audit log ends at " + sequence + ", before " + anchor);
    }
    return new AuditHead(sequence, hash, anchor, anchorHash);
  }

  private static long number(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new MalformedEncoding("not a number: '" + text + "'", e);
    }
  }

  private static Hash hash(String text) {
    try {
      return Hash.parse(text);
    } catch (InvalidArgument e) {
      throw new MalformedEncoding("not a hash: '" + text + "'", e);
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each != '\\') {
        plain.append(each);
        continue;
      }
      i++;
      plain.append(
          switch (i < text.length() ? text.charAt(i) : ' ') {
            case '\\' -> '\\';
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> throw new MalformedEncoding("a backslash stands for nothing");
          });
    }
    return plain.toString();
  }
}

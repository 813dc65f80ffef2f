package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `do ARGV…`: a value that is computed when it is first read, in the namespace in which it stands.
///
/// With *inputs*, the computation sees those paths and nothing else: they are evaluated first, and
/// the transaction's namespace holds just their values. So its key changes only when one of them
/// does. Without inputs it sees the whole namespace, as it stands.
///
/// ```
/// "kogD" u8 version=1 │ varint args │ { text } … │ u8 narrowed
///        │ narrowed: varint inputs │ { text path } …
/// ```
///
/// @param argv the program's path in the namespace, then its arguments
/// @param inputs absolute normalised paths, strictly ascending in [Tree#NAME_ORDER]; null for all
public record Thunk(List<String> argv, @Nullable List<String> inputs) {

  /// The most arguments, and the most inputs, one thunk may have.
  public static final int WORDS_MAX = 65_536;

  /// The longest argument or path, in bytes of UTF-8.
  public static final int WORD_BYTES_MAX = 64 * 1024;

  private static final byte[] MAGIC = "kogD\u0001".getBytes(StandardCharsets.US_ASCII);

  public Thunk {
    argv = List.copyOf(argv);
    if (argv.isEmpty() || argv.size() > WORDS_MAX) {
      throw new IllegalArgumentException("a thunk has 1 to " + WORDS_MAX + " arguments");
    }
    if (inputs != null) {
      inputs = inputs.stream().sorted(Tree.NAME_ORDER).distinct().toList();
    }
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the thunk in error messages
  /// @throws MalformedEncoding for any other bytes
  public static Thunk decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("thunk " + name, encoding);
    reader.magic(MAGIC);
    List<String> argv = readWords(reader, "argument");
    if (argv.isEmpty()) {
      throw reader.malformed("there are no arguments");
    }
    List<String> inputs = reader.bool() ? readWords(reader, "input") : null;
    reader.end();
    Thunk thunk = new Thunk(argv, inputs);
    if (inputs != null && !inputs.equals(thunk.inputs)) {
      throw reader.malformed("the inputs are not in order");
    }
    return thunk;
  }

  /// The canonical encoding, as a blob.
  public Blob encode() {
    CanonicalWriter writer = new CanonicalWriter(Blob.LENGTH_MAX);
    writer.raw(MAGIC);
    writeWords(writer, argv);
    writer.bool(inputs != null);
    if (inputs != null) {
      writeWords(writer, inputs);
    }
    return Blob.of(writer.toBytes());
  }

  /// The ref of an encoded thunk.
  public static Ref refOf(Blob encoding) {
    return new Ref(Kind.THUNK, encoding.hash(), encoding.length());
  }

  private static void writeWords(CanonicalWriter writer, List<String> words) {
    writer.varint(words.size());
    words.forEach(writer::text);
  }

  private static List<String> readWords(CanonicalReader reader, String meaning) {
    int count = reader.count(WORDS_MAX, 1, "the number of " + meaning + "s");
    List<String> words = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      words.add(reader.text(WORD_BYTES_MAX, meaning + " " + i));
    }
    return words;
  }
}

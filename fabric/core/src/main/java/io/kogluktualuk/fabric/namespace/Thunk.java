package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `do ARGV…`: a value that is computed when it is first read, in the namespace in which it
/// stands.
///
/// With *inputs*, the computation sees those and nothing else: they are evaluated first, and the
/// transaction's namespace holds just their values, each under the name the input gives it. So
/// its key changes only when one of those values does. Without inputs it sees the whole
/// namespace, as it stands.
///
/// ```
/// "kogD" u8 version=1 │ varint args │ { text } … │ u8 narrowed
///        │ narrowed: varint inputs │ { text as │ text path } …
/// ```
///
/// @param argv the program's path in the namespace, then its arguments
/// @param inputs in ascending order of their `as`, which is unique; null for the whole
///     namespace
public record Thunk(List<String> argv, @Nullable List<Input> inputs) {

  /// One thing a narrowed computation sees.
  ///
  /// @param as the path under which the computation sees it
  /// @param path where it is, in the namespace in which the thunk stands
  public record Input(NamePath as, NamePath path) {

    /// Reads `AS=PATH`, or `PATH` for one that keeps its name. The first `=/` separates the two.
    ///
    /// @throws InvalidArgument when either is not an absolute path
    public static Input parse(String text) {
      int separator = text.indexOf("=/");
      NamePath path = NamePath.parse(text.substring(separator + 1));
      return new Input(separator < 0 ? path : NamePath.parse(text.substring(0, separator)), path);
    }

    /// The text form.
    @Override
    public String toString() {
      return as.equals(path) ? path.toString() : as + "=" + path;
    }
  }

  /// The most arguments, and the most inputs, one thunk may have.
  public static final int WORDS_MAX = 65_536;

  /// The longest argument or path, in bytes of UTF-8.
  public static final int WORD_BYTES_MAX = 64 * 1024;

  /// The order of inputs: that of their names as text.
  private static final Comparator<Input> BY_NAME =
      Comparator.comparing(input -> input.as().toString(), Tree.NAME_ORDER);

  private static final byte[] MAGIC = "kogD\u0001".getBytes(StandardCharsets.US_ASCII);

  public Thunk {
    argv = List.copyOf(argv);
    if (argv.isEmpty() || argv.size() > WORDS_MAX) {
      throw new IllegalArgumentException("a thunk has 1 to " + WORDS_MAX + " arguments");
    }
    if (inputs != null) {
      inputs = inputs.size() == 1 ? List.copyOf(inputs) : inputs.stream().sorted(BY_NAME).toList();
      for (int i = 1; i < inputs.size(); i++) {
        if (inputs.get(i).as().equals(inputs.get(i - 1).as())) {
          throw new InvalidArgument("two inputs of a thunk are both named " + inputs.get(i).as());
        }
      }
    }
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the thunk in error messages
  /// @throws MalformedEncoding for any other bytes
  public static Thunk decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("thunk " + name, encoding);
    Thunk thunk = read(reader);
    reader.end();
    return thunk;
  }

  /// Reads one that is part of something else.
  public static Thunk read(CanonicalReader reader) {
    reader.magic(MAGIC);
    List<String> argv = readArgv(reader);
    return new Thunk(argv, reader.bool() ? readInputs(reader) : null);
  }

  /// The canonical encoding, as a blob.
  public Blob encode() {
    CanonicalWriter writer = new CanonicalWriter(Blob.LENGTH_MAX);
    write(writer);
    return Blob.of(writer.toBytes());
  }

  /// Writes the same bytes as part of something else.
  public void write(CanonicalWriter writer) {
    writer.raw(MAGIC);
    writer.varint(argv.size());
    argv.forEach(writer::text);
    writer.bool(inputs != null);
    if (inputs != null) {
      writer.varint(inputs.size());
      inputs.forEach(input -> writer.text(input.as().toString()).text(input.path().toString()));
    }
  }

  /// The ref of an encoded thunk.
  public static Ref refOf(Blob encoding) {
    return new Ref(Kind.THUNK, encoding.hash(), encoding.length());
  }

  private static List<String> readArgv(CanonicalReader reader) {
    int count = reader.count(WORDS_MAX, 1, "the number of arguments");
    if (count == 0) {
      throw reader.malformed("there are no arguments");
    }
    List<String> argv = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      argv.add(reader.text(WORD_BYTES_MAX, "argument " + i));
    }
    return argv;
  }

  private static List<Input> readInputs(CanonicalReader reader) {
    int count = reader.count(WORDS_MAX, 2, "the number of inputs");
    List<Input> inputs = new ArrayList<>(count);
    String previous = "";
    for (int i = 0; i < count; i++) {
      NamePath as = NamePath.read(reader, "the name of input " + i);
      if (Tree.NAME_ORDER.compare(previous, as.toString()) >= 0) {
        throw reader.malformed(
            "input " + i + ": '" + as + "' does not come after '" + previous + "'");
      }
      inputs.add(new Input(as, NamePath.read(reader, "the path of input " + i)));
      previous = as.toString();
    }
    return inputs;
  }
}

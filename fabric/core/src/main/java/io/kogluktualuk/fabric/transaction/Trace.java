package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a transaction observed of its namespace and what it asked to be computed, in order.
///
/// ```
/// "kogR" u8 version=1 │ varint steps │ { u8 tag │ text path │ … } …
/// tag 1 found: ref      tag 2 absent      tag 3 listed: ref of the tree
/// tag 4 computed: key, ref of the output  tag 5 failed: u8 1 + key, or u8 0
/// tag 6 bound: ref of the thunk           tag 7 directory
/// ```
///
/// Repeated observations of the same path are recorded once: what is there cannot change.
public record Trace(List<Step> steps) {

  private static final byte[] MAGIC = "kogR\u0001".getBytes(StandardCharsets.US_ASCII);
  private static final int STEPS_MAX = 1 << 26;

  public Trace {
    steps = List.copyOf(steps);
  }

  /// One observation, at an absolute path.
  public sealed interface Step {
    String path();
  }

  /// The path led to a value of the namespace.
  public record Found(String path, Ref ref) implements Step {}

  /// The path led nowhere.
  public record Absent(String path) implements Step {}

  /// The names in a directory were read.
  public record Listed(String path, Ref tree) implements Step {}

  /// The path led to a thunk, which a subtransaction computed.
  public record Computed(String path, Hash key, Ref output) implements Step {}

  /// The path led to a thunk that could not be computed; the key is that of the failed
  /// subtransaction, null when one of its inputs already failed.
  public record Failed(String path, @Nullable Hash key) implements Step {}

  /// The program bound a thunk there itself.
  public record Bound(String path, Ref thunk) implements Step {}

  /// The path led to a directory, of which nothing more was seen than that it is one. `/tmp`,
  /// which every program has, is seen as absent when the namespace has none.
  public record Directory(String path) implements Step {}

  public byte[] encode() {
    CanonicalWriter writer = new CanonicalWriter();
    writer.raw(MAGIC).varint(steps.size());
    steps.forEach(step -> write(step, writer));
    return writer.toBytes();
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the trace in error messages
  /// @throws MalformedEncoding for any other bytes
  public static Trace decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("trace " + name, encoding);
    reader.magic(MAGIC);
    int count = reader.count(STEPS_MAX, 2, "the number of steps");
    List<Step> steps = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      steps.add(read(reader));
    }
    reader.end();
    return new Trace(steps);
  }

  private static void write(Step step, CanonicalWriter writer) {
    switch (step) {
      case Found found -> Ref.CODEC.write(found.ref, writer.u8(1).text(found.path));
      case Absent absent -> writer.u8(2).text(absent.path);
      case Listed listed -> Ref.CODEC.write(listed.tree, writer.u8(3).text(listed.path));
      case Computed computed ->
          Ref.CODEC.write(computed.output, writer.u8(4).text(computed.path).hash(computed.key));
      case Failed failed -> {
        writer.u8(5).text(failed.path).bool(failed.key != null);
        if (failed.key != null) {
          writer.hash(failed.key);
        }
      }
      case Bound bound -> Ref.CODEC.write(bound.thunk, writer.u8(6).text(bound.path));
      case Directory directory -> writer.u8(7).text(directory.path);
    }
  }

  private static Step read(CanonicalReader reader) {
    int tag = reader.u8();
    String path = reader.text(Thunk.WORD_BYTES_MAX, "a path");
    return switch (tag) {
      case 1 -> new Found(path, Ref.CODEC.read(reader));
      case 2 -> new Absent(path);
      case 3 -> new Listed(path, Ref.CODEC.read(reader));
      case 4 -> new Computed(path, reader.hash(), Ref.CODEC.read(reader));
      case 5 -> new Failed(path, reader.bool() ? reader.hash() : null);
      case 6 -> new Bound(path, Ref.CODEC.read(reader));
      case 7 -> new Directory(path);
      default -> throw reader.malformed("no step has tag " + tag);
    };
  }
}

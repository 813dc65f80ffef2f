package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a transaction asked of its namespace and was answered, and what it had computed, in
/// order.
///
/// A program sees nothing of its namespace but these answers, so what it does next, and in the
/// end its outcome, follow from them: in another namespace that gives the same answers it would
/// ask the same questions and have the same outcome. See [TraceNode].
///
/// ```
/// "kogR" u8 version=3 │ varint steps │ { u8 tag │ … } …
/// tag 1 looked: place, u8 sort             tag 2 measured: place, varint length
/// tag 3 opened: place, ref                 tag 4 listed: place, varint names, hash of them
/// tag 5 computed: place, key, output ref   tag 6 failed: place, u8 1 + key or u8 0, text reason
/// tag 7 bound: text path, thunk ref, base  tag 8 needed: text path, thunk, a capture each input
/// tag 9 evaluated: capture, ref            tag 10 unevaluable: capture, text reason
/// tag 11 listed in part: place, varint from, varint names, hash of them
/// place: varint origin │ text path         thunk: its encoding
/// base: u8 1 + ref of /tmp + varint bytes made, or u8 0
/// ```
///
/// The same question is recorded once: what is there cannot change.
///
/// **Bound:** [#STEPS_MAX] steps.
public record Trace(List<Step> steps) {

  public static final int STEPS_MAX = 1 << 20;

  /// How many names of a directory are read at a time, if it has more.
  public static final int PART_NAMES = 4_096;

  /// The longest reason that is kept as it is, in characters.
  static final int REASON_CHARS_MAX = 4_096;

  /// How many bytes of names are hashed at a time.
  private static final int NAMES_BYTES = 8 * 1024;

  private static final byte[] MAGIC = "kogR\u0003".getBytes(StandardCharsets.US_ASCII);

  public Trace {
    steps = List.copyOf(steps);
  }

  /// Where something stands: in the namespace, or in the output of a computation that the program
  /// has bound. A thunk on the way stands for its output, once it has been computed.
  ///
  /// @param origin 0 for the namespace, n for the nth [Bound] or [Needed] of the trace
  /// @param path seen from there
  public record Place(int origin, NamePath path) {

    /// The place of the namespace itself.
    public static final Place ROOT = new Place(0, NamePath.ROOT);

    /// Where the output of the nth computation that was bound stands.
    public static Place ofOutput(int origin) {
      return new Place(origin, NamePath.ROOT);
    }

    public static Place of(String path) {
      return new Place(0, NamePath.parse(path));
    }

    public Place child(String name) {
      return new Place(origin, path.child(name));
    }

    @Override
    public String toString() {
      return origin == 0 ? path.toString() : "output " + origin + (path.isRoot() ? "" : " " + path);
    }
  }

  /// What a name leads to, as far as that is seen without opening it.
  public enum Sort {
    ABSENT,
    FILE,
    DIRECTORY,
    /// To be computed.
    THUNK;

    public static Sort of(@Nullable Ref ref) {
      if (ref == null) {
        return ABSENT;
      }
      return switch (ref.kind()) {
        case BLOB, LIST -> FILE;
        case TREE -> DIRECTORY;
        case THUNK -> THUNK;
      };
    }

    public String word() {
      return switch (this) {
        case ABSENT -> "nothing";
        case FILE -> "a file";
        case DIRECTORY -> "a directory";
        case THUNK -> "a thunk";
      };
    }
  }

  /// One question and its answer, or one thing that was begun.
  public sealed interface Step {
    /// Where, for people.
    String path();
  }

  /// A question about one place.
  public sealed interface Asked extends Step {
    Place place();

    @Override
    default String path() {
      return place().toString();
    }
  }

  /// What is there?
  public record Looked(Place place, Sort sort) implements Asked {}

  /// There is a file; how long is it?
  public record Measured(Place place, long length) implements Asked {}

  /// What is it, to the last bit? Of a directory: with all that is in it.
  public record Opened(Place place, Ref ref) implements Asked {}

  /// Which names are in the directory, and of which sort are they?
  public record Listed(Place place, int count, Hash names) implements Asked {

    /// The answer that a tree gives.
    public static Listed of(Place place, TreeView tree) {
      return new Listed(place, Math.toIntExact(tree.size()), hashOf(tree));
    }
  }

  /// Which names stand from one position of a wide directory on, and of which sort are they? Fewer
  /// than [#PART_NAMES] where it ends.
  ///
  /// @param from how many names stand before: a multiple of [#PART_NAMES]
  public record ListedPart(Place place, long from, int count, Hash names) implements Asked {

    /// The answer that names give.
    public static ListedPart of(Place place, long from, List<Map.Entry<String, Ref>> names) {
      return new ListedPart(place, from, names.size(), hashOf(names));
    }
  }

  /// The answer that a tree gives to who reads the names from a position on: all of them, unless
  /// there are more than [#PART_NAMES].
  public static Step listed(Place place, TreeView tree, long from) {
    return tree.size() <= PART_NAMES
        ? Listed.of(place, tree)
        : ListedPart.of(place, from, tree.part(from, PART_NAMES));
  }

  /// The thunk there was computed. The answer is whether a file or a directory came of it; the key
  /// and the output are for people.
  public record Computed(Place place, Hash key, Ref output) implements Asked {}

  /// The thunk there could not be computed. The answer is the reason; the key, null when an input
  /// already failed, is for people.
  public record Failed(Place place, @Nullable Hash key, String reason) implements Asked {
    public Failed {
      reason = brief(reason);
    }
  }

  /// The program has bound a thunk that sees the namespace as it then was.
  public record Bound(String path, Ref thunk, Base base) implements Step {}

  /// The program has bound a thunk that sees its inputs, in the order of the thunk's own. The
  /// thunk stands here itself: nobody need have stored it.
  public record Needed(String path, Thunk thunk, List<Capture> inputs) implements Step {
    public Needed {
      inputs = List.copyOf(inputs);
      List<Thunk.Input> names = thunk.inputs();
      if (names == null || names.size() != inputs.size()) {
        throw new IllegalArgumentException("a thunk has as many inputs as were captured for it");
      }
    }
  }

  /// What is this, with all thunks in it computed?
  public record Evaluated(Capture capture, Ref value) implements Step {
    @Override
    public String path() {
      return capture.toString();
    }
  }

  /// The same, but it cannot be.
  public record Unevaluable(Capture capture, String reason) implements Step {
    public Unevaluable {
      reason = brief(reason);
    }

    @Override
    public String path() {
      return capture.toString();
    }
  }

  /// The namespace with the program's own `/tmp` in it.
  ///
  /// @param tmp null when the program has changed nothing: the namespace as it is
  /// @param bytes that the tree of its root takes then, which the program is charged for: an
  ///     answer
  public record Base(@Nullable Ref tmp, long bytes) {
    public static final Base UNCHANGED = new Base(null, 0);
  }

  private static Hash hashOf(Iterable<Map.Entry<String, Ref>> names) {
    CanonicalWriter writer = new CanonicalWriter();
    Sha256 digest = new Sha256();
    for (Map.Entry<String, Ref> entry : names) {
      writer.u8(Sort.of(entry.getValue()).ordinal()).text(entry.getKey());
      if (writer.length() > NAMES_BYTES) {
        digest.update(writer.buffer(), 0, writer.length());
        writer.clear();
      }
    }
    return digest.update(writer.buffer(), 0, writer.length()).finish();
  }

  /// The paths of all steps, in order: what stands in an output is shown where that was bound.
  public List<String> paths() {
    List<String> bound = new ArrayList<>();
    List<String> paths = new ArrayList<>(steps.size());
    for (Step step : steps) {
      if (step instanceof Bound || step instanceof Needed) {
        bound.add(step.path());
      }
      paths.add(
          step instanceof Asked asked && asked.place().origin() > 0
              ? bound.get(asked.place().origin() - 1) + below(asked.place().path())
              : step.path());
    }
    return paths;
  }

  private static String below(NamePath path) {
    return path.isRoot() ? "" : path.toString();
  }

  /// A reason as a trace keeps it: reasons quote one another and may get long.
  private static String brief(String reason) {
    if (reason.length() <= REASON_CHARS_MAX) {
      return reason;
    }
    byte[] whole = reason.getBytes(StandardCharsets.UTF_8);
    Hash hash = new Sha256().update(whole, 0, whole.length).finish();
    String head = reason.substring(0, REASON_CHARS_MAX / 2);
    // Half of a pair of surrogates cannot be encoded.
    return head.replaceAll("[\\ud800-\\udfff]", "?") + "… (" + hash + ")";
  }

  public byte[] encode() {
    CanonicalWriter writer = new CanonicalWriter();
    writer.raw(MAGIC).varint(steps.size());
    steps.forEach(step -> TraceCodec.write(step, writer));
    return writer.toBytes();
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the trace in error messages
  /// @throws MalformedEncoding for any other bytes
  public static Trace decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("trace " + name, encoding);
    reader.magic(MAGIC);
    int count = reader.count(STEPS_MAX, 4, "the number of steps");
    List<Step> steps = new ArrayList<>(count);
    int origins = 0;
    for (int i = 0; i < count; i++) {
      Step step = TraceCodec.read(reader, origins);
      if (step instanceof Bound || step instanceof Needed) {
        origins++;
      }
      steps.add(step);
    }
    reader.end();
    return new Trace(steps);
  }
}

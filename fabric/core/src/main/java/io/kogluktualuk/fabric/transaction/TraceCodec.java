package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Trace.Base;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import io.kogluktualuk.fabric.transaction.Trace.Sort;
import io.kogluktualuk.fabric.transaction.Trace.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The encoding of the steps of a [Trace]: the layouts are there, and at [Capture].
///
/// **Threading:** stateless.
final class TraceCodec {

  /// The longest reason why something could not be computed, in bytes.
  private static final int REASON_BYTES_MAX = 4 * Trace.REASON_CHARS_MAX;

  private static final int ORIGINS_MAX = Trace.STEPS_MAX;

  private TraceCodec() {}

  static void write(Step step, CanonicalWriter writer) {
    switch (step) {
      case Trace.Looked looked -> place(looked.place(), writer.u8(1)).u8(looked.sort().ordinal());
      case Trace.Measured measured ->
          place(measured.place(), writer.u8(2)).varint(measured.length());
      case Trace.Opened opened ->
          Ref.CODEC.write(opened.ref(), place(opened.place(), writer.u8(3)));
      case Trace.Listed listed ->
          place(listed.place(), writer.u8(4)).varint(listed.count()).hash(listed.names());
      case Trace.ListedPart listed ->
          place(listed.place(), writer.u8(11))
              .varint(listed.from())
              .varint(listed.count())
              .hash(listed.names());
      case Trace.Computed computed ->
          Ref.CODEC.write(
              computed.output(), place(computed.place(), writer.u8(5)).hash(computed.key()));
      case Trace.Failed failed -> {
        Hash key = failed.key();
        place(failed.place(), writer.u8(6)).bool(key != null);
        if (key != null) {
          writer.hash(key);
        }
        writer.text(failed.reason());
      }
      case Trace.Bound bound -> {
        Ref.CODEC.write(bound.thunk(), writer.u8(7).text(bound.path()));
        write(bound.base(), writer);
      }
      case Trace.Needed needed -> {
        needed.thunk().write(writer.u8(8).text(needed.path()));
        needed.inputs().forEach(input -> write(input, writer));
      }
      case Trace.Evaluated evaluated -> {
        write(evaluated.capture(), writer.u8(9));
        Ref.CODEC.write(evaluated.value(), writer);
      }
      case Trace.Unevaluable unevaluable -> {
        write(unevaluable.capture(), writer.u8(10));
        writer.text(unevaluable.reason());
      }
    }
  }

  private static CanonicalWriter place(Place place, CanonicalWriter writer) {
    return writer.varint(place.origin()).text(place.path().toString());
  }

  private static void write(Base base, CanonicalWriter writer) {
    Ref tmp = base.tmp();
    writer.bool(tmp != null);
    if (tmp != null) {
      Ref.CODEC.write(tmp, writer);
      writer.varint(base.bytes());
    }
  }

  private static void write(Capture capture, CanonicalWriter writer) {
    switch (capture) {
      case Capture.At(NamePath path) -> writer.u8(1).text(path.toString());
      case Capture.Stored(Ref ref) -> Ref.CODEC.write(ref, writer.u8(2));
      case Capture.Output(int origin, NamePath below) ->
          writer.u8(3).varint(origin).text(below.toString());
      case Capture.Made(var entries) -> {
        writer.u8(4).varint(entries.size());
        entries.forEach((name, entry) -> write(entry, writer.text(name)));
      }
      case Capture.Missing(String reason) -> writer.u8(5).text(reason);
      case Capture.Root(Base base) -> write(base, writer.u8(6));
      case Capture.Changed(Ref base, var changes) -> {
        Ref.CODEC.write(base, writer.u8(7));
        writer.varint(changes.size());
        changes.forEach(
            (name, value) -> {
              writer.text(name).bool(value.isPresent());
              value.ifPresent(entry -> write(entry, writer));
            });
      }
    }
  }

  /// @param origins how many computations have been bound before
  static Step read(CanonicalReader reader, int origins) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Trace.Looked(place(reader, origins), sort(reader));
      case 2 -> new Trace.Measured(place(reader, origins), reader.varint());
      case 3 -> new Trace.Opened(place(reader, origins), Ref.CODEC.read(reader));
      case 4 ->
          new Trace.Listed(
              place(reader, origins),
              (int) reader.varint(Integer.MAX_VALUE, "the number of names"),
              reader.hash());
      case 5 -> new Trace.Computed(place(reader, origins), reader.hash(), Ref.CODEC.read(reader));
      case 6 ->
          new Trace.Failed(
              place(reader, origins), reader.bool() ? reader.hash() : null, reason(reader));
      case 7 -> new Trace.Bound(path(reader), Ref.CODEC.read(reader), base(reader));
      case 8 -> needed(reader, origins);
      case 9 -> new Trace.Evaluated(capture(reader, origins, 0), Ref.CODEC.read(reader));
      case 10 -> new Trace.Unevaluable(capture(reader, origins, 0), reason(reader));
      case 11 ->
          new Trace.ListedPart(
              place(reader, origins),
              reader.varint(),
              (int) reader.varint(Trace.PART_NAMES, "the number of names"),
              reader.hash());
      default -> throw reader.malformed("no step has tag " + tag);
    };
  }

  private static Place place(CanonicalReader reader, int origins) {
    return new Place(origin(reader, 0, origins), names(reader));
  }

  private static int origin(CanonicalReader reader, int min, int origins) {
    int origin = (int) reader.varint(ORIGINS_MAX, "the number of a computation");
    if (origin < min || origin > origins) {
      throw reader.malformed("computation " + origin + " of " + origins + " before it is meant");
    }
    return origin;
  }

  private static Sort sort(CanonicalReader reader) {
    int ordinal = reader.u8();
    Sort[] all = Sort.values();
    if (ordinal >= all.length) {
      throw reader.malformed("no sort has number " + ordinal);
    }
    return all[ordinal];
  }

  private static NamePath names(CanonicalReader reader) {
    return NamePath.read(reader, "a path");
  }

  private static String path(CanonicalReader reader) {
    return names(reader).toString();
  }

  private static String reason(CanonicalReader reader) {
    String reason = reader.text(REASON_BYTES_MAX, "a reason");
    if (reason.length() > Trace.REASON_CHARS_MAX) {
      throw reader.malformed("a reason has " + reason.length() + " characters");
    }
    return reason;
  }

  private static Base base(CanonicalReader reader) {
    return reader.bool() ? new Base(Ref.CODEC.read(reader), reader.varint()) : Base.UNCHANGED;
  }

  private static Step needed(CanonicalReader reader, int origins) {
    String path = path(reader);
    Thunk thunk = Thunk.read(reader);
    List<Thunk.Input> names = thunk.inputs();
    if (names == null) {
      throw reader.malformed("the thunk of " + path + " sees no inputs but the whole namespace");
    }
    List<Capture> inputs = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      inputs.add(capture(reader, origins, 0));
    }
    return new Trace.Needed(path, thunk, inputs);
  }

  private static Capture capture(CanonicalReader reader, int origins, int level) {
    if (level > NamePath.DEPTH_MAX) {
      throw reader.malformed("its directories are nested deeper than " + NamePath.DEPTH_MAX);
    }
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Capture.At(names(reader));
      case 2 -> new Capture.Stored(Ref.CODEC.read(reader));
      case 3 -> new Capture.Output(origin(reader, 1, origins), names(reader));
      case 4 -> made(reader, origins, level);
      case 5 -> new Capture.Missing(reason(reader));
      case 6 -> new Capture.Root(base(reader));
      case 7 -> changed(reader, origins, level);
      default -> throw reader.malformed("no capture has tag " + tag);
    };
  }

  private static Capture made(CanonicalReader reader, int origins, int level) {
    int count = reader.count(Integer.MAX_VALUE, 4, "the number of entries");
    TreeMap<String, Capture> entries = new TreeMap<>(Tree.NAME_ORDER);
    for (int i = 0; i < count; i++) {
      entries.put(nextName(reader, entries), capture(reader, origins, level + 1));
    }
    return new Capture.Made(entries);
  }

  private static Capture changed(CanonicalReader reader, int origins, int level) {
    Ref base = Ref.CODEC.read(reader);
    if (base.kind() != Kind.TREE) {
      throw reader.malformed(base + " is no directory");
    }
    int count = reader.count(Integer.MAX_VALUE, 3, "the number of changes");
    TreeMap<String, Optional<Capture>> changes = new TreeMap<>(Tree.NAME_ORDER);
    for (int i = 0; i < count; i++) {
      String name = nextName(reader, changes);
      boolean isThere = reader.bool();
      changes.put(
          name, isThere ? Optional.of(capture(reader, origins, level + 1)) : Optional.empty());
    }
    return new Capture.Changed(base, changes);
  }

  private static String nextName(CanonicalReader reader, TreeMap<String, ?> before) {
    String name = reader.text(Tree.NAME_BYTES_MAX, "a name");
    String objection = Tree.checkName(name);
    if (objection != null) {
      throw reader.malformed(objection);
    }
    if (!before.isEmpty() && Tree.NAME_ORDER.compare(before.lastKey(), name) >= 0) {
      throw reader.malformed("'" + name + "' does not come after '" + before.lastKey() + "'");
    }
    return name;
  }
}

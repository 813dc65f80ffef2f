package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.ArrayList;
import java.util.List;

/// How far a run has come.
///
/// ```
/// u8 known │ u8 finished │ counters │ varint n │ { text program } … │ varint n │ { disposed } …
/// ```
///
/// @param known false when this node has not heard of the run, or has forgotten it
/// @param finished whether its outcome is there
/// @param counters so far
/// @param programs some of those that run now, at most [#PROGRAMS_MAX], for people
/// @param disposed what became of the first [#DISPOSED_MAX] transactions that ended
public record Progress(
    boolean known,
    boolean finished,
    RunCounters counters,
    List<String> programs,
    List<Disposed> disposed) {

  public static final int PROGRAMS_MAX = 16;

  /// 200 of them take at most 22 KiB of a control message's 32.
  public static final int DISPOSED_MAX = 200;

  public static final Progress UNKNOWN =
      new Progress(false, false, RunCounters.ZERO, List.of(), List.of());

  public static final Codec<Progress> CODEC =
      new Codec<>() {
        @Override
        public void write(Progress progress, CanonicalWriter writer) {
          writer.bool(progress.known).bool(progress.finished);
          RunCounters.CODEC.write(progress.counters, writer);
          writer.varint(progress.programs.size());
          progress.programs.forEach(writer::text);
          writeDisposed(progress.disposed, writer);
        }

        @Override
        public Progress read(CanonicalReader reader) {
          return new Progress(
              reader.bool(),
              reader.bool(),
              RunCounters.CODEC.read(reader),
              readPrograms(reader),
              readDisposed(reader));
        }
      };

  public Progress {
    programs = programs.stream().limit(PROGRAMS_MAX).map(Disposed::abridge).toList();
    disposed = checked(disposed);
  }

  /// The sum over two nodes; finished as this one is.
  public Progress plus(Progress other) {
    List<String> allPrograms = new ArrayList<>(programs);
    allPrograms.addAll(other.programs);
    List<Disposed> allDisposed = new ArrayList<>(disposed);
    allDisposed.addAll(other.disposed);
    return new Progress(
        known || other.known,
        finished,
        counters.plus(other.counters),
        allPrograms,
        allDisposed.subList(0, Math.min(allDisposed.size(), DISPOSED_MAX)));
  }

  static List<Disposed> checked(List<Disposed> disposed) {
    if (disposed.size() > DISPOSED_MAX) {
      throw new IllegalArgumentException(
          "at most " + DISPOSED_MAX + " dispositions, found " + disposed.size());
    }
    return List.copyOf(disposed);
  }

  static void writeDisposed(List<Disposed> disposed, CanonicalWriter writer) {
    writer.varint(disposed.size());
    disposed.forEach(one -> Disposed.CODEC.write(one, writer));
  }

  static List<Disposed> readDisposed(CanonicalReader reader) {
    int count = reader.count(DISPOSED_MAX, 36, "the number of dispositions");
    List<Disposed> disposed = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      disposed.add(Disposed.CODEC.read(reader));
    }
    return disposed;
  }

  private static List<String> readPrograms(CanonicalReader reader) {
    int count = reader.count(PROGRAMS_MAX, 1, "the number of programs");
    List<String> programs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      programs.add(reader.text(Disposed.PROGRAM_BYTES_MAX, "a program"));
    }
    return programs;
  }
}

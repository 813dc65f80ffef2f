package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.Arrays;
import java.util.stream.Collectors;

/// How far a stage is, as its process tells the one that has started it: a line
/// `kog-stage in=12 out=12 …` on its standard output.
///
/// @param in messages that have come
/// @param out messages that are sent on; for the index, entries that are written
/// @param busy messages that have come and are not done
/// @param window how many of them there may be
/// @param free credits that the stage has downstream and does not use
/// @param outbox messages that are sent and not done
/// @param held bytes that the stage keeps in the fabric, or in its queues
/// @param moved bytes of photos that it has stored, read or sent
/// @param resent messages that it has sent again
/// @param duplicates messages that came again
/// @param failed messages that could not be worked on, and were set aside
/// @param ended 1 when the stage has nothing more to do
public record StageProgress(
    long in,
    long out,
    long busy,
    long window,
    long free,
    long outbox,
    long held,
    long moved,
    long resent,
    long duplicates,
    long failed,
    long ended) {

  static final StageProgress NONE = of(new long[12]);

  private static final String WORD = "kog-stage";
  private static final String[] NAMES =
      "in out busy window free outbox held moved resent duplicates failed ended".split(" ");

  private static StageProgress of(long[] v) {
    return new StageProgress(
        v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11]);
  }

  private long[] values() {
    return new long[] {
      in, out, busy, window, free, outbox, held, moved, resent, duplicates, failed, ended
    };
  }

  public boolean isEnded() {
    return ended != 0;
  }

  /// The counters of a process that took the place of another one, with those of the other one.
  StageProgress after(StageProgress former) {
    return new StageProgress(
        in + former.in,
        out + former.out,
        busy,
        window,
        free,
        outbox,
        held,
        moved + former.moved,
        resent + former.resent,
        duplicates + former.duplicates,
        failed + former.failed,
        ended);
  }

  String toLine() {
    StringBuilder line = new StringBuilder(WORD);
    long[] values = values();
    for (int i = 0; i < NAMES.length; i++) {
      line.append(' ').append(NAMES[i]).append('=').append(values[i]);
    }
    return line.toString();
  }

  static boolean isLine(String line) {
    return line.startsWith(WORD + " ");
  }

  /// @throws MalformedEncoding for a line of another form
  static StageProgress parse(String line) {
    String[] words = line.split(" ", -1);
    long[] values = new long[NAMES.length];
    if (words.length != NAMES.length + 1 || !words[0].equals(WORD)) {
      throw malformed(line);
    }
    for (int i = 0; i < NAMES.length; i++) {
      String word = words[i + 1];
      if (!word.startsWith(NAMES[i] + "=")) {
        throw malformed(line);
      }
      try {
        values[i] = Long.parseLong(word.substring(NAMES[i].length() + 1));
      } catch (NumberFormatException e) {
        throw malformed(line);
      }
    }
    return of(values);
  }

  private static MalformedEncoding malformed(String line) {
    return new MalformedEncoding(
        "a stage said '%s', expected %s"
            .formatted(
                line,
                Arrays.stream(NAMES).map(name -> name + "=N").collect(Collectors.joining(" "))));
  }
}

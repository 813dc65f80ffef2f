package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.transaction.Ending;
import java.nio.charset.StandardCharsets;

/// What became of one transaction of a run.
///
/// ```
/// key hash │ disposition │ ending │ text program
/// ```
///
/// @param key the transaction
/// @param disposition whether it ran
/// @param ending how it ended
/// @param program its program and arguments for people, cut to [#PROGRAM_BYTES_MAX] bytes
public record Disposed(Hash key, Disposition disposition, Ending ending, String program) {

  public static final int PROGRAM_BYTES_MAX = 64;

  public static final Codec<Disposed> CODEC =
      new Codec<>() {
        @Override
        public void write(Disposed disposed, CanonicalWriter writer) {
          writer.hash(disposed.key);
          Disposition.CODEC.write(disposed.disposition, writer);
          Ending.CODEC.write(disposed.ending, writer);
          writer.text(disposed.program);
        }

        @Override
        public Disposed read(CanonicalReader reader) {
          return new Disposed(
              reader.hash(),
              Disposition.CODEC.read(reader),
              Ending.CODEC.read(reader),
              reader.text(PROGRAM_BYTES_MAX, "a program"));
        }
      };

  public Disposed {
    program = abridge(program);
  }

  /// The text, cut at a character so that it has at most [#PROGRAM_BYTES_MAX] bytes.
  public static String abridge(String text) {
    if (text.length() * 3 <= PROGRAM_BYTES_MAX) {
      return text;
    }
    int end = Math.min(text.length(), PROGRAM_BYTES_MAX);
    while (text.substring(0, end).getBytes(StandardCharsets.UTF_8).length > PROGRAM_BYTES_MAX) {
      end--;
    }
    if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}

package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.nio.charset.StandardCharsets;

/// What became of an envelope and of everything that came of it downstream.
///
/// ```
/// u8 kind │ text reason, at most 512 bytes, empty for DONE
/// ```
public record Verdict(Kind kind, String reason) {

  static final int REASON_BYTES_MAX = 512;

  /// From good to bad; the number is part of the encoding.
  public enum Kind {
    /// All stages are through with it.
    DONE,
    /// A stage could not, and keeps it with the reason.
    SET_ASIDE,
    /// A stage did not take it: the envelope is malformed, or forged.
    REFUSED,
    /// A stage lost it: its blob had gone with its holder, or nothing could be set aside.
    DROPPED
  }

  public static final Verdict DONE = new Verdict(Kind.DONE, "");

  static final Codec<Verdict> CODEC =
      new Codec<>() {
        @Override
        public void write(Verdict verdict, CanonicalWriter writer) {
          writer.u8(verdict.kind.ordinal()).text(verdict.reason);
        }

        @Override
        public Verdict read(CanonicalReader reader) {
          int kind = reader.u8();
          if (kind >= Kind.values().length) {
            throw reader.malformed("no verdict has number " + kind);
          }
          String reason = reader.text(REASON_BYTES_MAX, "the reason of a verdict");
          return new Verdict(Kind.values()[kind], reason);
        }
      };

  public Verdict {
    reason = cut(reason);
  }

  static Verdict setAside(String reason) {
    return new Verdict(Kind.SET_ASIDE, reason);
  }

  static Verdict refused(String reason) {
    return new Verdict(Kind.REFUSED, reason);
  }

  static Verdict dropped(String reason) {
    return new Verdict(Kind.DROPPED, reason);
  }

  public boolean isDone() {
    return kind == Kind.DONE;
  }

  /// The worse of two, the first when they are equally bad.
  Verdict and(Verdict other) {
    return other.kind.compareTo(kind) > 0 ? other : this;
  }

  /// As much of a text as a reason can be, in whole characters.
  private static String cut(String text) {
    if (text.length() * 3 <= REASON_BYTES_MAX) {
      return text;
    }
    int end = Math.min(text.length(), REASON_BYTES_MAX);
    String part = text.substring(0, end);
    while (part.getBytes(StandardCharsets.UTF_8).length > REASON_BYTES_MAX
        || Character.isHighSurrogate(part.charAt(part.length() - 1))) {
      part = part.substring(0, part.length() - 1);
    }
    return part;
  }
}

package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// How a transaction ended. Every ending is deterministic, and is cached like any other.
///
/// ```
/// u8 tag │ varint detail
/// ```
public sealed interface Ending {

  /// The program returned or called exit.
  ///
  /// @param status 0 for success, up to 255
  record Exited(int status) implements Ending {
    public Exited {
      if (status < 0 || status > 255) {
        throw new IllegalArgumentException("not an exit status: " + status);
      }
    }

    @Override
    public String toString() {
      return "exited with status " + status;
    }
  }

  /// The VM stopped the program at an instruction.
  record Trapped(Trap trap) implements Ending {
    @Override
    public String toString() {
      return "trapped: " + trap.words();
    }
  }

  /// There was nothing to run: no program at that path, or it is not a valid module, or an input
  /// could not be computed. The diagnostics say which.
  record Invalid() implements Ending {
    @Override
    public String toString() {
      return "could not start";
    }
  }

  default boolean isSuccess() {
    return this instanceof Exited exited && exited.status() == 0;
  }

  Codec<Ending> CODEC =
      new Codec<>() {
        @Override
        public void write(Ending ending, CanonicalWriter writer) {
          switch (ending) {
            case Exited exited -> writer.u8(1).varint(exited.status());
            case Trapped trapped -> writer.u8(2).varint(trapped.trap().tag());
            case Invalid _ -> writer.u8(3).varint(0);
          }
        }

        @Override
        public Ending read(CanonicalReader reader) {
          int tag = reader.u8();
          int detail = (int) reader.varint(255, "the detail of an ending");
          return switch (tag) {
            case 1 -> new Exited(detail);
            case 2 -> new Trapped(trapOf(detail, reader));
            case 3 -> {
              if (detail != 0) {
                throw reader.malformed("an invalid transaction has no detail, found " + detail);
              }
              yield new Invalid();
            }
            default -> throw reader.malformed("no ending has tag " + tag);
          };
        }
      };

  private static Trap trapOf(int tag, CanonicalReader reader) {
    for (Trap trap : Trap.values()) {
      if (trap.tag() == tag) {
        return trap;
      }
    }
    throw reader.malformed("no trap has tag " + tag);
  }
}

package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.FabricException;
import java.util.ArrayList;
import java.util.List;

/// What became of one command of an entry.
public sealed interface Reply {

  /// It was decided; the reply is encoded as its table wants it.
  record Done(byte[] reply) implements Reply {}

  /// It was refused, and changed nothing.
  record Refused(int faultTag, String message) implements Reply {}

  int REPLY_BYTES_MAX = 16 * 1024;
  int MESSAGE_BYTES_MAX = 4096;

  /// The reply of a table, or the fault with which it refused.
  default byte[] orThrow() {
    return switch (this) {
      case Done done -> done.reply();
      case Refused refused -> throw FabricException.ofTag(refused.faultTag(), refused.message());
    };
  }

  static Refused refused(FabricException fault) {
    String message = String.valueOf(fault.getMessage());
    // A character takes at most 3 bytes in UTF-8.
    int most = MESSAGE_BYTES_MAX / 3;
    return new Refused(
        fault.tag(), message.length() <= most ? message : message.substring(0, most));
  }

  static byte[] encode(List<Reply> replies) {
    CanonicalWriter writer = new CanonicalWriter();
    writer.varint(replies.size());
    for (Reply reply : replies) {
      switch (reply) {
        case Done done -> writer.u8(1).bytes(done.reply());
        case Refused refused -> writer.u8(2).varint(refused.faultTag()).text(refused.message());
      }
    }
    return writer.toBytes();
  }

  static List<Reply> decode(byte[] bytes) {
    CanonicalReader reader = new CanonicalReader("replies", bytes);
    int count = reader.count(ControlEntry.PROPOSALS_MAX, 2, "the number of replies");
    List<Reply> replies = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      replies.add(read(reader));
    }
    reader.end();
    return replies;
  }

  private static Reply read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Done(reader.bytes(REPLY_BYTES_MAX, "a reply"));
      case 2 ->
          new Refused(
              (int) reader.varint(Integer.MAX_VALUE, "the tag of a fault"),
              reader.text(MESSAGE_BYTES_MAX, "the message of a fault"));
      default -> throw reader.malformed("no reply has tag " + tag);
    };
  }
}

package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.paxoslog.api.Snapshot;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A snapshot as a stream of changes.
///
/// ```
/// u8 version │ frames of: u8 table │ u16 length │ the change │ … │ u8 0
/// ```
final class ChangeFrames {

  private static final int VERSION = 1;
  private static final int END = 0;
  private static final int CHANGE_BYTES_MAX = 0xFFFF;

  private record Frozen(int table, Consumer<Table.ChangeWriter> changes) {}

  /// Takes one change out of a snapshot.
  interface Sink {
    void take(int table, CanonicalReader change);
  }

  private ChangeFrames() {}

  static Snapshot freeze(List<Table<?, ?>> tables) {
    List<Frozen> all = new ArrayList<>();
    for (Table<?, ?> table : tables) {
      all.add(new Frozen(table.number(), table.freeze()));
    }
    return target -> {
      DataOutputStream out = new DataOutputStream(target);
      out.writeByte(VERSION);
      for (Frozen frozen : all) {
        write(frozen, out);
      }
      out.writeByte(END);
      out.flush();
    };
  }

  static void read(InputStream source, Sink sink) throws IOException {
    DataInputStream in = new DataInputStream(source);
    byte[] change = new byte[CHANGE_BYTES_MAX];
    try {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new MalformedEncoding("snapshot version is " + version + ", expected " + VERSION);
      }
      for (int table = in.readUnsignedByte(); table != END; table = in.readUnsignedByte()) {
        int length = in.readUnsignedShort();
        in.readFully(change, 0, length);
        CanonicalReader reader = new CanonicalReader("snapshot", change, 0, length);
        sink.take(table, reader);
        reader.end();
      }
    } catch (EOFException e) {
      throw new MalformedEncoding("the snapshot is truncated", e);
    }
    if (in.read() >= 0) {
      throw new MalformedEncoding("bytes follow the end of the snapshot");
    }
  }

  private static void write(Frozen frozen, DataOutputStream out) throws IOException {
    try {
      frozen
          .changes()
          .accept(
              change -> {
                try {
                  out.writeByte(frozen.table());
                  out.writeShort(checkLength(change.length));
                  out.write(change);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static int checkLength(int length) {
    if (length > CHANGE_BYTES_MAX) {
      throw new IllegalStateException("a change of " + length + " bytes");
    }
    return length;
  }
}

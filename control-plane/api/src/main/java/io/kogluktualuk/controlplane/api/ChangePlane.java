package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// A wish to change which nodes the control plane consists of. Each may be asked for again.
public sealed interface ChangePlane {

  /// The most bytes the id of a control node has.
  int ID_BYTES_MAX = 64;

  /// Takes in a node that has been started as joining.
  ///
  /// @param host where its consensus port is
  record Add(String id, String host, int port) implements ChangePlane {
    public Add {
      Texts.check(id, ID_BYTES_MAX, "the id of a control node");
      Texts.check(host, MemberInfo.ADDRESS_BYTES_MAX, "the host of a control node");
      if (port < 1 || port > 0xFFFF) {
        throw new IllegalArgumentException("consensus port " + port + " of " + id);
      }
    }
  }

  /// Lets a node go for good: its id is not used again.
  ///
  /// @param force whether also when too few others answer
  record Remove(String id, boolean force) implements ChangePlane {
    public Remove {
      Texts.check(id, ID_BYTES_MAX, "the id of a control node");
    }
  }

  /// Makes a node the leader of all logs.
  record Transfer(String id) implements ChangePlane {
    public Transfer {
      Texts.check(id, ID_BYTES_MAX, "the id of a control node");
    }
  }

  Codec<ChangePlane> CODEC =
      new Codec<>() {
        @Override
        public void write(ChangePlane change, CanonicalWriter writer) {
          switch (change) {
            case Add add -> writer.u8(1).text(add.id).text(add.host).varint(add.port);
            case Remove remove -> writer.u8(2).text(remove.id).bool(remove.force);
            case Transfer transfer -> writer.u8(3).text(transfer.id);
          }
        }

        @Override
        public ChangePlane read(CanonicalReader reader) {
          int tag = reader.u8();
          String id = Texts.read(ID_BYTES_MAX, "the id of a control node", reader);
          return switch (tag) {
            case 1 -> readAdd(id, reader);
            case 2 -> new Remove(id, reader.bool());
            case 3 -> new Transfer(id);
            default -> throw reader.malformed("no change of the control plane has tag " + tag);
          };
        }
      };

  private static Add readAdd(String id, CanonicalReader reader) {
    String host = Texts.read(MemberInfo.ADDRESS_BYTES_MAX, "the host of a control node", reader);
    int port = (int) reader.varint(0xFFFF, "a consensus port");
    if (port == 0) {
      throw reader.malformed("the consensus port of " + id + " is 0");
    }
    return new Add(id, host, port);
  }
}

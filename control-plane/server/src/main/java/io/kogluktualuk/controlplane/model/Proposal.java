package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// A command for one table, encoded as that table wants it.
///
/// @param command lent; do not change it
public record Proposal(int table, byte[] command) {

  /// No command comes near it.
  public static final int COMMAND_BYTES_MAX = 16 * 1024;

  public static final Codec<Proposal> CODEC =
      new Codec<>() {
        @Override
        public void write(Proposal proposal, CanonicalWriter writer) {
          writer.u8(proposal.table).bytes(proposal.command);
        }

        @Override
        public Proposal read(CanonicalReader reader) {
          return new Proposal(reader.u8(), reader.bytes(COMMAND_BYTES_MAX, "a command"));
        }
      };

  /// The most bytes it takes in an entry.
  public int encodedBytesMax() {
    return 1 + 5 + command.length;
  }
}

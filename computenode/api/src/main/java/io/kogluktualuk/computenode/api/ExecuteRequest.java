package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Hands a transaction from one compute node to another. Its encoding and its namespace are stored.
///
/// ```
/// hash transaction │ run id │ varint depth │ varint n │ { hash } … │ varint remaining milliseconds
/// ```
///
/// @param transaction the key
/// @param run the top-level run it is part of
/// @param depth how many transactions stand above it, at most [#DEPTH_MAX]
/// @param chain those that are known to wait for it: each waits for the next, the last for this one
/// @param remaining the time left to the run
public record ExecuteRequest(
    Hash transaction, RunId run, int depth, List<Hash> chain, Duration remaining) {

  /// Transactions nested deeper than this are refused: each level holds the memory of a parked
  /// program.
  public static final int DEPTH_MAX = 256;

  public static final Codec<ExecuteRequest> CODEC =
      new Codec<>() {
        @Override
        public void write(ExecuteRequest request, CanonicalWriter writer) {
          writer.hash(request.transaction);
          RunId.CODEC.write(request.run, writer);
          writer.varint(request.depth);
          Hashes.write(request.chain, writer);
          Times.write(request.remaining, writer);
        }

        @Override
        public ExecuteRequest read(CanonicalReader reader) {
          return new ExecuteRequest(
              reader.hash(),
              RunId.CODEC.read(reader),
              (int) reader.varint(DEPTH_MAX, "the depth"),
              Hashes.read(DEPTH_MAX, "the number of waiting transactions", reader),
              Times.read(reader));
        }
      };

  public ExecuteRequest {
    chain = List.copyOf(chain);
    remaining = Times.bounded(remaining);
    if (depth < 0 || depth > DEPTH_MAX || chain.size() > DEPTH_MAX) {
      throw new IllegalArgumentException(
          "depth " + depth + " or a chain of " + chain.size() + " is beyond " + DEPTH_MAX);
    }
  }

  /// Lists of hashes as they travel.
  static final class Hashes {

    private Hashes() {}

    static void write(List<Hash> hashes, CanonicalWriter writer) {
      writer.varint(hashes.size());
      hashes.forEach(writer::hash);
    }

    static List<Hash> read(int max, String meaning, CanonicalReader reader) {
      int count = reader.count(max, Hash.BYTES, meaning);
      List<Hash> hashes = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        hashes.add(reader.hash());
      }
      return hashes;
    }
  }
}

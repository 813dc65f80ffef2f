package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.ArrayList;
import java.util.List;

/// Tells a compute node who waits by now, on this node, for a transaction that was handed to it.
///
/// ```
/// hash transaction │ run id │ varint n │ { hash waiting │ hash for } …
/// ```
///
/// @param transaction the key that was handed over
/// @param run the top-level run it is part of
/// @param waits all that is known to lead to it, in any order, at most [#WAITS_MAX]
public record WaitNews(Hash transaction, RunId run, List<Wait> waits) {

  /// What fits one message. More wait for hardly anything; a circle through those left out is
  /// found by the deadline of its run.
  public static final int WAITS_MAX = 480;

  /// One transaction that waits for another.
  public record Wait(Hash waiting, Hash target) {}

  public static final Codec<WaitNews> CODEC =
      new Codec<>() {
        @Override
        public void write(WaitNews news, CanonicalWriter writer) {
          RunId.CODEC.write(news.run, writer.hash(news.transaction));
          writer.varint(news.waits.size());
          news.waits.forEach(wait -> writer.hash(wait.waiting).hash(wait.target));
        }

        @Override
        public WaitNews read(CanonicalReader reader) {
          Hash transaction = reader.hash();
          RunId run = RunId.CODEC.read(reader);
          int count = reader.count(WAITS_MAX, 2 * Hash.BYTES, "the number of waits");
          List<Wait> waits = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            waits.add(new Wait(reader.hash(), reader.hash()));
          }
          return new WaitNews(transaction, run, waits);
        }
      };

  public WaitNews {
    waits = List.copyOf(waits);
    if (waits.size() > WAITS_MAX) {
      throw new IllegalArgumentException(waits.size() + " waits are beyond " + WAITS_MAX);
    }
  }
}

package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.ArrayList;
import java.util.List;

/// Tells a compute node who waits by now, on this node, for what it was handed of a run.
///
/// ```
/// run id │ varint n │ { hash waiting │ hash for } …
/// ```
///
/// @param run the top-level run
/// @param waits those that it has not been told yet, in any order, at most [#WAITS_MAX]; more come
///     in several messages
public record WaitNews(RunId run, List<Wait> waits) {

  /// What fits one message.
  public static final int WAITS_MAX = 480;

  /// One transaction that waits for another.
  public record Wait(Hash waiting, Hash target) {}

  public static final Codec<WaitNews> CODEC =
      new Codec<>() {
        @Override
        public void write(WaitNews news, CanonicalWriter writer) {
          RunId.CODEC.write(news.run, writer);
          writer.varint(news.waits.size());
          news.waits.forEach(wait -> writer.hash(wait.waiting).hash(wait.target));
        }

        @Override
        public WaitNews read(CanonicalReader reader) {
          RunId run = RunId.CODEC.read(reader);
          int count = reader.count(WAITS_MAX, 2 * Hash.BYTES, "the number of waits");
          List<Wait> waits = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            waits.add(new Wait(reader.hash(), reader.hash()));
          }
          return new WaitNews(run, waits);
        }
      };

  public WaitNews {
    waits = List.copyOf(waits);
    if (waits.size() > WAITS_MAX) {
      throw new IllegalArgumentException(waits.size() + " waits are beyond " + WAITS_MAX);
    }
  }
}

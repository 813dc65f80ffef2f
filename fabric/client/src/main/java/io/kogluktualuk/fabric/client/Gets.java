package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// How an application gets content out of the fabric, or has it stay there.
///
/// **Threading:** any thread.
record Gets(Session session, TimeLimit limit) {

  View view(Ref ref) {
    if (ref.length() > View.LENGTH_MAX) {
      throw new InvalidArgument(
          ref + " has more than " + View.LENGTH_MAX + " bytes; read it as a stream");
    }
    if (ref.kind() == Kind.TREE || ref.kind() == Kind.THUNK) {
      throw new InvalidArgument(ref + " is a " + ref.kind().word() + ", expected content");
    }
    return limit.call(() -> open(ref));
  }

  private View open(Ref ref) {
    Hold hold = hold(List.of());
    try {
      if (!hold.add(ref)) {
        holdMended(hold, ref);
      }
      return View.open(Content.open(session.storeOf(ref), ref), hold, limit);
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  /// Holds a value of which a part is lost, or on a node that is away just now.
  private void holdMended(Hold hold, Ref ref) {
    session.storeOf(ref).get(ref.hash());
    if (!hold.add(ref)) {
      String reason = session.mender.mend(ref);
      if (!reason.isEmpty() || !hold.add(ref)) {
        throw new NotFound(
            "a part of " + ref + " is on no memory node" + (reason.isEmpty() ? "" : "; " + reason));
      }
    }
  }

  Hold hold(Collection<Ref> refs) {
    Hold hold = new Hold(session.blobs, limit, session.settings.transferTimeout());
    try {
      hold.add(refs);
      return hold;
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  byte[] bytes(Ref ref, int atMost) {
    if (ref.length() > atMost) {
      throw new InvalidArgument(
          ref + " has " + ref.length() + " bytes, expected at most " + atMost);
    }
    return limit.call(
        () -> {
          byte[] bytes = new byte[(int) ref.length()];
          Content.open(session.storeOf(ref), ref).read(0, MemorySegment.ofArray(bytes));
          return bytes;
        });
  }

  void believe(Ref ref, Voucher voucher) {
    limit.run(
        () -> {
          Content content = Content.open(session.blobs, ref);
          List<Hash> chunks = new ArrayList<>();
          for (int i = 0; i < content.chunkCount(); i++) {
            chunks.add(content.chunkHash(i));
          }
          session.blobs.believe(voucher, chunks);
        });
  }
}

package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.util.function.Supplier;

/// The random bytes of a transaction: SHA-256 of its family and a counter, block after block.
///
/// The namespace has no part in them: asking for them observes nothing of it.
///
/// **Threading:** the guest's thread.
final class RandomStream {

  private final Supplier<Hash> family;
  private final byte[] seed = new byte[Hash.BYTES + Long.BYTES];
  private byte[] block = new byte[0];
  private int used;
  private long counter;

  /// @param family asked for when the first bytes are
  RandomStream(Supplier<Hash> family) {
    this.family = family;
  }

  void fill(byte[] target) {
    for (int i = 0; i < target.length; ) {
      if (used == block.length) {
        nextBlock();
      }
      int part = Math.min(target.length - i, block.length - used);
      System.arraycopy(block, used, target, i, part);
      used += part;
      i += part;
    }
  }

  private void nextBlock() {
    if (counter == 0) {
      System.arraycopy(family.get().toBytes(), 0, seed, 0, Hash.BYTES);
    }
    for (int i = 0; i < Long.BYTES; i++) {
      seed[Hash.BYTES + i] = (byte) (counter >>> 56 - 8 * i);
    }
    counter++;
    block = new Sha256().update(seed, 0, seed.length).finish().toBytes();
    used = 0;
  }
}

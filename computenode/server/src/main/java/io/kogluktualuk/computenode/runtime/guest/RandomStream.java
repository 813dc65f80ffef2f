package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;

/// The random bytes of a transaction: SHA-256 of its family and a counter, block after block.
///
/// The namespace has no part in them: asking for them observes nothing of it.
///
/// **Threading:** the guest's thread.
final class RandomStream {

  private final byte[] seed = new byte[Hash.BYTES + Long.BYTES];
  private final Sha256 digest = new Sha256();
  private byte[] block = new byte[0];
  private int used;
  private long counter;

  RandomStream(Hash family) {
    System.arraycopy(family.toBytes(), 0, seed, 0, Hash.BYTES);
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
    for (int i = 0; i < Long.BYTES; i++) {
      seed[Hash.BYTES + i] = (byte) (counter >>> 56 - 8 * i);
    }
    counter++;
    block = digest.update(seed, 0, seed.length).finish().toBytes();
    used = 0;
  }
}

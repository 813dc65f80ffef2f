package io.kogluktualuk.fabric.lease;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// What the holder of a lease shows to a memory node.
///
/// The token comes from the control plane's log, where each new lease and each renewal after a
/// lapse gets a greater one. A memory node refuses tokens below the least that lives, so a holder
/// that slept through the end of its lease finds out there, whatever it believes itself [1].
///
/// [1] C. Gray, D. Cheriton: Leases: An Efficient Fault-Tolerant Mechanism for Distributed File
/// Cache Consistency. SOSP 1989; the token is a fencing token as in M. Burrows: The Chubby lock
/// service (sequencers). OSDI 2006.
///
/// @param token positive
public record LeaseProof(LeaseId id, long token) {

  public static final Codec<LeaseProof> CODEC =
      new Codec<>() {
        @Override
        public void write(LeaseProof proof, CanonicalWriter writer) {
          LeaseId.CODEC.write(proof.id, writer);
          writer.varint(proof.token);
        }

        @Override
        public LeaseProof read(CanonicalReader reader) {
          LeaseId id = LeaseId.CODEC.read(reader);
          long token = reader.varint();
          if (token == 0) {
            throw reader.malformed("the token of lease " + id + " is 0");
          }
          return new LeaseProof(id, token);
        }
      };

  public LeaseProof {
    if (token <= 0) {
      throw new IllegalArgumentException("lease " + id + " with token " + token);
    }
  }
}

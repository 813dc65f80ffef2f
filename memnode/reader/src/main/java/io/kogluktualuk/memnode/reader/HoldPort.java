package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.LeaseTerms;
import java.util.List;
import java.util.Set;

/// How [Leases] reach memory nodes.
///
/// **Threading:** any thread; calls block.
public interface HoldPort {

  /// The nodes that may have a blob, the most likely first.
  List<String> candidates(Hash hash);

  /// The nodes that are members and not lost: what they hold can be fetched, or will be soon.
  Set<String> living();

  /// Holds blobs at a node, and lets what is held there under the lease last longer.
  ///
  /// @param hashes any number, also none
  /// @return those that the node does not have
  Set<Hash> hold(String nodeId, LeaseTerms lease, List<Hash> hashes, Deadline deadline);

  /// Lets go of blobs at a node, but for those that it was asked to hold with a greater order.
  ///
  /// @param order as that of [LeaseTerms]
  void release(String nodeId, LeaseProof proof, long order, List<Hash> hashes, Deadline deadline);
}

package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a memory node is told about the blobs of one put.
///
/// @param lease they are held under it once they are sealed; null when they are not held
/// @param age of what these are copies of; null when they are no copies
record PutTerms(
    Retention retention, Account account, @Nullable LeaseTerms lease, @Nullable CopyAge age) {

  static PutTerms of(PutPolicy policy, @Nullable LeaseTerms lease) {
    return new PutTerms(policy.retention(), policy.account(), lease, policy.age());
  }

  ReserveRequest request(Tenant tenant, SessionId session, List<Blob> blobs, Deadline deadline) {
    List<ReserveRequest.Item> items = new ArrayList<>(blobs.size());
    for (Blob blob : blobs) {
      items.add(new ReserveRequest.Item(blob.hash(), blob.length(), retention));
    }
    SpaceTerms space = new SpaceTerms(account, patience(deadline));
    return new ReserveRequest(tenant, session, space, lease, age, items);
  }

  /// How long a node may wait for credits: it has to answer before the caller gives up.
  static Duration patience(Deadline deadline) {
    return deadline.remaining().multipliedBy(3).dividedBy(4);
  }
}

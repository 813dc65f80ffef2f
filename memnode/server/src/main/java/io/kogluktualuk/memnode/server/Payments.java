package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.AbsentResponse;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.retention.TenantRetention;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.Residents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// What one tenant's calls pay: counted under the store's lock, paid at the door without it, where
/// it may take a while; what was paid and not used goes back.
///
/// **Threading:** any thread; waits in [#pay] and [#bindEach]. **Ownership:** everything is lent.
final class Payments {

  private final MemoryStore store;
  private final TenantRetention retention;
  private final SpaceDoor door;
  private final int room;

  /// @param room the tenant's at the door
  Payments(MemoryStore store, TenantRetention retention, SpaceDoor door, int room) {
    this.store = store;
    this.retention = retention;
    this.door = door;
    this.room = room;
  }

  /// Pays at the door for blobs that are not here, and for those that are here and not paid for.
  ///
  /// @return by account
  Map<Integer, Long> pay(
      int account, List<ReserveRequest.Item> absent, List<Hash> here, Deadline deadline) {
    Map<Integer, Long> bytes =
        new HashMap<>(store.withResidents(residents -> retention.unpaid(residents, here)));
    absent.forEach(item -> bytes.merge(account, TenantRetention.size(item.length()), Long::sum));
    Map<Integer, Long> paid = new HashMap<>();
    try {
      bytes.forEach(
          (each, sum) -> {
            door.charge(each, room, sum, deadline);
            paid.put(each, sum);
          });
    } finally {
      store.withResidents(
          residents -> {
            retention.prepay(residents, paid);
            if (paid.size() < bytes.size()) {
              retention.finish(residents, paid);
            }
            return paid;
          });
    }
    return paid;
  }

  /// A call is over: what it has paid and not used goes back.
  void finish(Map<Integer, Long> paid) {
    store.withResidents(
        residents -> {
          retention.finish(residents, paid);
          return paid;
        });
  }

  /// Something that makes a blob stay.
  interface Binding {
    /// @return negative when the blob is not here
    long bind(Residents residents, Hash hash);
  }

  /// Pays for blobs that are here, and binds them.
  ///
  /// @throws OutOfCredits when others let go of some again and again
  AbsentResponse bindEach(List<Hash> hashes, Deadline deadline, Binding binding) {
    TreeSet<Integer> absent = new TreeSet<>();
    List<Integer> left = IntStream.range(0, hashes.size()).boxed().toList();
    while (!left.isEmpty()) {
      left = bindPaid(hashes, left, deadline, binding, absent);
      if (!left.isEmpty() && deadline.hasPassed()) {
        throw new OutOfCredits("others have let go of blobs since they were paid for; ask again");
      }
    }
    return new AbsentResponse(absent);
  }

  /// Pays for blobs and binds them.
  ///
  /// @return those that others have let go of meanwhile, so that more has to be paid
  private List<Integer> bindPaid(
      List<Hash> hashes,
      List<Integer> positions,
      Deadline deadline,
      Binding binding,
      TreeSet<Integer> absent) {
    Map<Integer, Long> paid =
        pay(0, List.of(), positions.stream().map(hashes::get).toList(), deadline);
    Map<Integer, Long> purse = new HashMap<>(paid);
    List<Integer> left = new ArrayList<>();
    try {
      store.withResidents(
          residents -> {
            for (int i : positions) {
              if (!retention.isPaid(residents, hashes.get(i), purse)) {
                left.add(i);
              } else if (binding.bind(residents, hashes.get(i)) < 0) {
                absent.add(i);
              }
            }
            return left;
          });
    } finally {
      finish(paid);
    }
    return left;
  }

  /// How many bytes are charged.
  long charged() {
    return door.chargedIn(room);
  }
}

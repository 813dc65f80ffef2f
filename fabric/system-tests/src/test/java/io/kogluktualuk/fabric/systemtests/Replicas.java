package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// On how many nodes blobs are, as the nodes themselves say.
///
/// **Threading:** stateless.
final class Replicas {

  private static final Duration CALL = Duration.ofSeconds(5);

  private static final int SOME = 5;

  private Replicas() {}

  /// How many blobs have fewer copies than they should.
  static int scarce(Fabric fabric, List<Hash> hashes, int wanted) {
    return (int) copies(fabric, hashes).values().stream().filter(count -> count < wanted).count();
  }

  /// How many blobs have how many copies, and some of those with the fewest.
  static String counts(Fabric fabric, List<Hash> hashes) {
    Map<Hash, Integer> copies = copies(fabric, hashes);
    int fewest = copies.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    List<Hash> some =
        copies.entrySet().stream()
            .filter(each -> each.getValue() == fewest)
            .map(Map.Entry::getKey)
            .limit(SOME)
            .toList();
    return copies.values().stream()
            .collect(Collectors.groupingBy(count -> count, TreeMap::new, Collectors.counting()))
        + ", among those with "
        + fewest
        + ": "
        + some;
  }

  private static Map<Hash, Integer> copies(Fabric fabric, List<Hash> hashes) {
    Map<Hash, Integer> copies = new HashMap<>();
    hashes.forEach(hash -> copies.put(hash, 0));
    for (Member member : Operator.of(fabric).control().members().members()) {
      if (member.info().role() == Role.MEMORY && !member.isSilent()) {
        count(member, hashes, copies);
      }
    }
    return copies;
  }

  private static void count(Member member, List<Hash> hashes, Map<Hash, Integer> copies) {
    Deadline deadline = Deadline.after(CALL);
    try (Channel channel =
        RpcClient.connect(ClusterFile.parseAddress(member.info().address()), deadline)) {
      for (int from = 0; from < hashes.size(); from += MemoryCalls.ITEMS_MAX) {
        List<Hash> part =
            hashes.subList(from, Math.min(hashes.size(), from + MemoryCalls.ITEMS_MAX));
        channel
            .call(MemoryCalls.LOCATE, new LocateRequest(Tenant.DEFAULT, part), deadline)
            .found()
            .keySet()
            .forEach(position -> copies.merge(part.get(position), 1, Integer::sum));
      }
    }
  }
}

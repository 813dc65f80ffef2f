package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.ResolveRequest;
import io.kogluktualuk.memnode.api.Tenant;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds whole hashes from their first digits: among the keys and outputs that the memo index
/// knows, and the tenant's blobs on all memory nodes that answer.
///
/// **Threading:** any thread.
final class HashSearch implements RefReader.Prefixes {

  private final ControlClient control;
  private final Membership membership;
  private final Tenant tenant;
  private final Duration timeout;

  HashSearch(ControlClient control, Membership membership, Tenant tenant, Duration timeout) {
    this.control = control;
    this.membership = membership;
    this.tenant = tenant;
    this.timeout = timeout;
  }

  @Override
  public Hash complete(String digits) {
    HashPrefix prefix = HashPrefix.parse(digits);
    Set<Hash> found = new TreeSet<>(control.resolvePrefix(prefix).keys());
    Keys producers = control.producersOf(prefix);
    producers.keys().stream()
        .map(key -> control.explain(key).memo().outcome().output().hash())
        .forEach(found::add);
    found.addAll(blobs(prefix));
    if (found.isEmpty()) {
      throw new NotFound("nothing is known whose hash begins with " + digits);
    }
    if (found.size() > 1) {
      throw new Conflict(
          digits
              + " is ambiguous: "
              + found.stream().limit(5).map(Hash::toHex).collect(Collectors.joining(", "))
              + (found.size() > 5 ? ", …" : ""));
    }
    return found.iterator().next();
  }

  private Set<Hash> blobs(HashPrefix prefix) {
    ResolveRequest request = new ResolveRequest(tenant, prefix.digits());
    Set<Hash> found = new TreeSet<>();
    for (Member node : membership.all(Role.MEMORY)) {
      if (!node.isSilent()) {
        Channel channel = membership.channel(node);
        found.addAll(channel.call(MemoryCalls.RESOLVE, request, Deadline.after(timeout)).hashes());
      }
    }
    return found;
  }
}

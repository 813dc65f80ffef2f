package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds whole hashes from their first digits: among the keys and outputs that the memo index
/// knows.
///
/// **Threading:** any thread.
final class HashSearch implements RefReader.Prefixes {

  private final ControlClient control;

  HashSearch(ControlClient control) {
    this.control = control;
  }

  @Override
  public Hash complete(String digits) {
    HashPrefix prefix = HashPrefix.parse(digits);
    Set<Hash> found = new TreeSet<>(control.resolvePrefix(prefix).keys());
    Keys producers = control.producersOf(prefix);
    producers.keys().stream()
        .map(key -> control.explain(key).memo().outcome().output().hash())
        .forEach(found::add);
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
}

package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds one blob and brings its verified bytes into a registered buffer.
///
/// In this order, until bytes are accepted:
///
/// 1. where it was found last: one READ;
/// 2. each node in rendezvous order: READ of the index, READ of the blob, as often as it moves
///    meanwhile ([NodeFetcher]);
/// 3. each node is asked by a control call, because an index read may miss an entry that is being
///    moved.
///
/// While a node has it and cannot give it at the moment, 2 and 3 are repeated until the deadline. A
/// node that has the blob spilled is asked to bring it back first.
///
/// **Threading:** any thread.
final class BlobFetcher {

  private final NodeLinks links;
  private final LocationCache locations;
  private final NodeFetcher fetcher;
  private final Tally tally;
  private final UseHints hints;

  BlobFetcher(
      NodeLinks links,
      Buffers buffers,
      LocationCache locations,
      Verification verification,
      Tally tally,
      UseHints hints) {
    this.links = links;
    this.locations = locations;
    this.fetcher =
        new NodeFetcher(
            buffers,
            (hash, bytes, nodeId, place) ->
                verification.accepts(hash, bytes, verification.source(hash, nodeId, place)));
    this.tally = tally;
    this.hints = hints;
  }

  /// @param landing where the bytes go
  /// @throws FabricException as [Search] decides
  Fetched fetch(Hash hash, Landing landing, Deadline deadline) {
    Fetched fetched = fromKnownPlace(hash, landing, deadline);
    if (fetched != null) {
      tally.locationHits.increment();
      return fetched;
    }
    tally.locationMisses.increment();
    Search search = new Search(hash);
    do {
      List<NodeLink> order = links.order(hash);
      fetched = fromAny(hash, order, false, search, landing, deadline);
      if (fetched == null) {
        fetched = fromAny(hash, order, true, search, landing, deadline);
      }
    } while (fetched == null && search.isUnsettled() && !deadline.hasPassed());
    if (fetched == null) {
      throw search.failure();
    }
    return fetched;
  }

  /// Null when it is not there any more, or the node does not answer: it is looked for then.
  private @Nullable Fetched fromKnownPlace(Hash hash, Landing landing, Deadline deadline) {
    LocationCache.Known known = locations.get(hash);
    NodeLink link = known == null ? null : links.to(known.nodeId());
    if (known == null || link == null || known.location().isSpilled()) {
      return null;
    }
    try {
      Fetched fetched = fetcher.read(hash, link, known.location(), landing, deadline);
      if (fetched != null) {
        hints.used(hash, link.node().id());
      }
      return fetched;
    } catch (FabricException e) {
      return null; // the link says the same again when it is this node's turn
    }
  }

  private @Nullable Fetched fromAny(
      Hash hash,
      List<NodeLink> order,
      boolean isAsked,
      Search search,
      Landing landing,
      Deadline deadline) {
    for (NodeLink link : order) {
      NodeAnswer answer = fetcher.fetch(hash, link, isAsked, landing, deadline);
      if (answer instanceof NodeAnswer.Bytes(Fetched fetched, var place)) {
        locations.located(hash, link.node().id(), place);
        hints.used(hash, link.node().id());
        return fetched;
      }
      search.answered(link.node().id(), answer);
    }
    return null;
  }
}

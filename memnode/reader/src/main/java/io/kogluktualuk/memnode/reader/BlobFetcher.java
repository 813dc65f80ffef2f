package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds one blob and brings its verified bytes into a registered buffer.
///
/// In this order, until bytes are accepted:
///
/// 1. where it was found last: one READ;
/// 2. each node in rendezvous order: READ of the index, READ of the blob; when the bytes are not
///    the blob's, once more with fresh knowledge of the node, because what is known may be that of
///    an earlier run of it;
/// 3. each node is asked by a control call, because an index read may miss an entry that is being
///    moved.
///
/// A node that has the blob spilled is asked to bring it back first.
///
/// **Threading:** any thread.
final class BlobFetcher {

  private final NodeLinks links;
  private final Buffers buffers;
  private final LocationCache locations;
  private final Verification verification;
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
    this.buffers = buffers;
    this.locations = locations;
    this.verification = verification;
    this.tally = tally;
    this.hints = hints;
  }

  /// How often a node is tried: its memory may be so short that a blob is spilled again before it
  /// has been read.
  private static final int ATTEMPTS_SPILLED = 4;

  private static final int ATTEMPTS = 2;

  /// Where a node says that a blob lies.
  private interface Question {
    @Nullable BlobLocation ask(NodeLink link);
  }

  Fetched fetch(Hash hash, Deadline deadline) {
    Search search = new Search(hash);
    Fetched fetched = fromKnownPlace(hash, search, deadline);
    if (fetched != null) {
      return fetched;
    }
    tally.locationMisses.increment();
    List<NodeLink> order = links.order(hash);
    fetched = fromAny(hash, order, search, deadline, link -> lookUp(hash, link, deadline));
    if (fetched == null) {
      fetched = fromAny(hash, order, search, deadline, link -> locate(hash, link, deadline));
    }
    if (fetched == null) {
      throw search.failure();
    }
    return fetched;
  }

  private @Nullable Fetched fromKnownPlace(Hash hash, Search search, Deadline deadline) {
    LocationCache.Known known = locations.get(hash);
    NodeLink link = known == null ? null : links.to(known.nodeId());
    if (known == null || link == null) {
      return null;
    }
    if (known.location().isSpilled()) {
      return null; // it is looked up where it is now
    }
    Fetched fetched = tryRead(hash, link, known, search, deadline);
    if (fetched != null) {
      tally.locationHits.increment();
    } else {
      link.renew(deadline);
    }
    return fetched;
  }

  private @Nullable Fetched fromAny(
      Hash hash, List<NodeLink> order, Search search, Deadline deadline, Question question) {
    for (NodeLink link : order) {
      int attempts = ATTEMPTS;
      for (int attempt = 0; attempt < attempts; attempt++) {
        BlobLocation location;
        try {
          location = question.ask(link);
          if (location != null && location.isSpilled()) {
            attempts = ATTEMPTS_SPILLED;
            location = promote(hash, link, deadline);
          }
        } catch (FabricException e) {
          search.failed(link, e);
          break;
        }
        if (location == null) {
          search.absent(link);
          break;
        }
        LocationCache.Known source = verification.source(hash, link.node().id(), location);
        Fetched fetched = tryRead(hash, link, source, search, deadline);
        if (fetched != null) {
          locations.located(hash, link.node().id(), location);
          return fetched;
        }
        link.renew(deadline);
      }
    }
    return null;
  }

  private @Nullable BlobLocation lookUp(Hash hash, NodeLink link, Deadline deadline) {
    try (RegisteredBuffer buffer = buffers.acquire(IndexLayout.PROBE_BYTES, deadline)) {
      return link.use(deadline, session -> session.lookUp(List.of(hash), buffer, deadline))
          .get(hash);
    }
  }

  private static @Nullable BlobLocation locate(Hash hash, NodeLink link, Deadline deadline) {
    return link.use(deadline, session -> session.locate(List.of(hash), deadline)).get(hash);
  }

  /// Has the node bring the blob back to memory.
  ///
  /// @return null when it turned out to be damaged, or has gone
  /// @throws OutOfSpace when the node's memory has no room for it now
  static @Nullable BlobLocation promote(Hash hash, NodeLink link, Deadline deadline) {
    BlobLocation location =
        link.use(deadline, session -> session.promote(List.of(hash), deadline)).get(hash);
    if (location != null && location.isSpilled()) {
      throw new OutOfSpace(
          "memory node " + link.node().id() + ": its memory has no room now for blob " + hash);
    }
    return location;
  }

  /// One READ and its verification; null when the bytes are not the blob's or could not be had.
  private @Nullable Fetched tryRead(
      Hash hash, NodeLink link, LocationCache.Known source, Search search, Deadline deadline) {
    int length = source.location().length();
    RegisteredBuffer buffer = buffers.acquire(length, deadline);
    boolean accepted = false;
    try {
      if (length > 0) {
        link.use(deadline, session -> read(session, source.location(), buffer, deadline));
      }
      accepted = verification.accepts(hash, buffer.segment().asSlice(0, length), source);
      if (!accepted) {
        search.wrongBytes(link);
      }
      if (!accepted) {
        return null;
      }
      hints.used(hash, link.node().id());
      return new Fetched(buffer, length);
    } catch (FabricException e) {
      search.failed(link, e);
      return null;
    } finally {
      if (!accepted) {
        buffer.close();
      }
    }
  }

  private static boolean read(
      Session session, BlobLocation location, RegisteredBuffer buffer, Deadline deadline) {
    session.read(location, buffer, deadline);
    return true;
  }
}

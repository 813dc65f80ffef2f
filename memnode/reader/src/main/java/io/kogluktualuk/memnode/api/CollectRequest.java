package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.time.Duration;

/// Asks what a collection of a tenant's blobs does, or has it done, page by page.
///
/// What a collection takes at a node is settled when it is first asked for it: by [#step] CONDEMN
/// or COLLECT, of that generation.
///
/// @param generation of the pins, after everything that roots reach was stamped with it; refused
///     with [io.kogluktualuk.fabric.fault.Conflict] when the node has heard of a newer one or has
///     not heard of this one
/// @param grace how long blobs stay that nobody needs
/// @param step whether everything stays for now
/// @param from where the page begins: 0, or what the page before said
public record CollectRequest(
    Tenant tenant, long generation, Duration grace, CollectStep step, long from) {

  private static final Duration GRACE_MAX = Duration.ofDays(3650);

  public CollectRequest {
    PinRequest.checkGeneration(generation);
    grace = Duration.ofSeconds(grace.toSeconds());
    if (grace.isNegative() || grace.compareTo(GRACE_MAX) > 0) {
      throw new IllegalArgumentException("a grace of " + grace);
    }
    if (from < 0) {
      throw new IllegalArgumentException("a page from " + from);
    }
  }

  static CollectRequest read(CanonicalReader reader) {
    return new CollectRequest(
        Tenant.read(reader),
        PinRequest.readGeneration(reader),
        Duration.ofSeconds(reader.varint(GRACE_MAX.toSeconds(), "a grace")),
        CollectStep.read(reader),
        reader.varint());
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    step.write(writer.varint(generation).varint(grace.toSeconds()));
    writer.varint(from);
  }
}

package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.store.StoreSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Everything a memory node needs to know before it starts.
///
/// @param folder its state, held by one server at a time; may lie on tmpfs
/// @param name what people call it
/// @param bind where control calls are answered; port 0 picks a free one
/// @param dataPort where its memory is served, at the same host; port 0 picks a free one
/// @param store how much it may hold
/// @param weight its share in placement relative to others
/// @param control where the control plane answers; empty for a node that belongs to none
/// @param heartbeat how often it gives a sign of life
public record MemorySettings(
    Path folder,
    String name,
    InetSocketAddress bind,
    int dataPort,
    StoreSettings store,
    int weight,
    List<InetSocketAddress> control,
    Duration heartbeat) {

  /// A fifth of what the control plane takes for silence.
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /// Weight of a node for each GiB; small nodes have one unit.
  private static final long WEIGHT_UNIT_BYTES = 1L << 30;

  private static final int WEIGHT_MAX = 1 << 20;

  public MemorySettings {
    control = List.copyOf(control);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a memory node has a name");
    }
    if (dataPort < 0 || dataPort > 0xFFFF) {
      throw new IllegalArgumentException("data port " + dataPort);
    }
    if (weight < 0 || weight > WEIGHT_MAX) {
      throw new IllegalArgumentException("weight " + weight + " is not in 0.." + WEIGHT_MAX);
    }
    if (!heartbeat.isPositive()) {
      throw new IllegalArgumentException("heartbeat every " + heartbeat);
    }
  }

  /// A node that belongs to the control plane at these addresses, with its weight by capacity.
  public static MemorySettings of(
      Path folder,
      String name,
      InetSocketAddress bind,
      ByteCount capacity,
      int indexBlobs,
      List<InetSocketAddress> control) {
    long units = Math.clamp(capacity.bytes() / WEIGHT_UNIT_BYTES, 1, WEIGHT_MAX);
    StoreSettings store = StoreSettings.of(capacity, indexBlobs);
    return new MemorySettings(folder, name, bind, 0, store, (int) units, control, HEARTBEAT);
  }

  public MemorySettings withStore(StoreSettings other) {
    return new MemorySettings(folder, name, bind, dataPort, other, weight, control, heartbeat);
  }
}

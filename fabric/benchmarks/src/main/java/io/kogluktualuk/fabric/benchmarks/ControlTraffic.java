package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// The clients of our control plane, and what they record: distinct memos of about 200 bytes.
///
/// Keys are numbers mixed to look like hashes: making real ones would measure SHA-256.
///
/// **Threading:** any thread. **Ownership:** owns its links.
final class ControlTraffic implements AutoCloseable {

  private static final Duration CALL_MAX = Duration.ofSeconds(20);
  private static final int BATCH = 100;

  private final List<ControlLink> links = new ArrayList<>();
  private final List<ControlClient> clients = new ArrayList<>();

  private ControlTraffic() {}

  /// As many connections as the peer's client has, each to the leader first.
  static ControlTraffic open(List<InetSocketAddress> addresses) {
    ControlTraffic traffic = new ControlTraffic();
    for (int i = 0; i < EtcdPeer.CONNECTIONS; i++) {
      ControlLink link = ControlLink.open(addresses);
      link.refresh(Deadline.after(CALL_MAX));
      traffic.links.add(link);
      traffic.clients.add(new ControlClient(link, CALL_MAX));
    }
    return traffic;
  }

  ControlClient client(int number) {
    return clients.get(number % clients.size());
  }

  ControlLink link() {
    return links.getFirst();
  }

  void record(int client, List<MemoRecord> memos) {
    client(client).record(memos);
  }

  static Hash hash(long number, int salt) {
    ByteBuffer bytes = ByteBuffer.allocate(Hash.BYTES);
    for (long word = 0; word < Hash.BYTES / Long.BYTES; word++) {
      bytes.putLong(mixed((number * 4 + salt) * 4 + word));
    }
    return Hash.ofBytes(bytes.array());
  }

  /// The finalizer of SplitMix64: each bit of the number flips each bit of the result or not.
  private static long mixed(long number) {
    long mixed = number * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }

  static MemoRecord memo(long number) {
    Outcome outcome =
        new Outcome(
            new Ending.Exited(0),
            1_000_000,
            new Ref(Kind.BLOB, hash(number, 1), 4096),
            new Ref(Kind.BLOB, hash(number, 2), 100),
            new Ref(Kind.BLOB, hash(number, 3), 1000));
    return new MemoRecord(hash(number, 0), outcome, "compute-1", 5_000_000);
  }

  static List<MemoRecord> memos(long number) {
    return LongStream.range(number * BATCH, (number + 1) * BATCH)
        .mapToObj(ControlTraffic::memo)
        .toList();
  }

  /// A key as the peer gets it.
  static byte[] key(long number) {
    return new CanonicalWriter().hash(hash(number, 0)).toBytes();
  }

  static List<byte[]> keys(long number) {
    return LongStream.range(number * BATCH, (number + 1) * BATCH)
        .mapToObj(ControlTraffic::key)
        .toList();
  }

  /// What a memo record takes besides its key.
  static int valueBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    MemoRecord.CODEC.write(memo(1), writer);
    return writer.toBytes().length - Hash.BYTES;
  }

  @Override
  public void close() {
    links.forEach(ControlLink::close);
  }
}

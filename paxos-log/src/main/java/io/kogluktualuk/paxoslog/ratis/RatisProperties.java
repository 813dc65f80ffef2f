package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Our settings in the words of Ratis. Every setting we rely on is named here, also where the
/// default is right today, and nowhere else.
final class RatisProperties {

  /// A process that runs a replica has a small heap: Ratis would otherwise keep up to 200 MB of
  /// closed segments and 64 MB of queued entries.
  private static final SizeInBytes SEGMENT_MAX = SizeInBytes.valueOf("8MB");

  private static final int CLOSED_SEGMENTS_CACHED = 2;
  private static final SizeInBytes SEGMENTS_CACHED_MAX = SizeInBytes.valueOf("24MB");
  private static final SizeInBytes QUEUE_MAX = SizeInBytes.valueOf("16MB");
  private static final int QUEUE_ELEMENTS_MAX = 4096;

  /// What is sent to a follower at a time: one entry of the longest kind and its envelope.
  static final SizeInBytes APPEND_MAX = SizeInBytes.valueOf(2L * ReplicatedLog.ENTRY_BYTES_MAX);

  /// What is sent of a snapshot at a time, well below what a message may have.
  private static final SizeInBytes SNAPSHOT_CHUNK = SizeInBytes.valueOf("1MB");

  /// Ratis demands a little more than the former.
  private static final SizeInBytes WRITE_BUFFER =
      SizeInBytes.valueOf(2L * ReplicatedLog.ENTRY_BYTES_MAX + 4096);

  /// A reply is remembered this long for a proposer that sends its entry again; it must be longer
  /// than [Proposal#REPEAT_MAX].
  private static final TimeDuration RETRY_CACHE_EXPIRY = TimeDuration.valueOf(15, TimeUnit.SECONDS);

  /// A lone replica need not wait to hear from others before it votes for itself.
  private static final TimeDuration LONE_ELECTION_MIN =
      TimeDuration.valueOf(10, TimeUnit.MILLISECONDS);

  private static final TimeDuration LONE_ELECTION_MAX =
      TimeDuration.valueOf(20, TimeUnit.MILLISECONDS);

  /// A follower is sent entries no more often than this, which makes batches of them. With Ratis'
  /// 1 ms a lone proposer waits out that millisecond for each entry: 1.08 ms against 0.35 ms.
  private static final TimeDuration APPEND_PAUSE = TimeDuration.valueOf(200, TimeUnit.MICROSECONDS);

  private RatisProperties() {}

  static RaftProperties of(LogHostSettings settings, Path storage) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
    setTransport(properties, settings.self());
    setStorage(properties, storage);
    setElections(properties, settings);
    setReads(properties);
    setSnapshots(properties);
    setBounds(properties);
    return properties;
  }

  /// The connections' keys, which cannot be written as properties.
  static Parameters parameters(LogHostSettings settings) {
    Parameters parameters = new Parameters();
    LogTls tls = settings.tls();
    if (tls != null) {
      GrpcConfigKeys.TLS.setConf(
          parameters,
          GrpcTlsConfig.newBuilder()
              .setKeyManager(tls.keys())
              .setTrustManager(tls.trust())
              .setMutualTls(true)
              // The JDK's own asks the managers at each handshake; OpenSSL would copy the keys.
              .setSslProvider(SslProvider.JDK)
              .setProtocols("TLSv1.3")
              .build());
    }
    return parameters;
  }

  static void setFolder(RaftProperties properties, Path storage) {
    RaftServerConfigKeys.setStorageDir(properties, List.of(storage.toFile()));
  }

  private static void setTransport(RaftProperties properties, LogPeer self) {
    GrpcConfigKeys.Server.setHost(properties, self.host());
    GrpcConfigKeys.Server.setPort(properties, self.port());
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 4);
    GrpcConfigKeys.setMessageSizeMax(
        properties, SizeInBytes.valueOf(16L * ReplicatedLog.ENTRY_BYTES_MAX));
  }

  private static void setStorage(RaftProperties properties, Path storage) {
    File folder = storage.toFile();
    setFolder(properties, storage);
    RaftServerConfigKeys.setRemovedGroupsDir(properties, new File(folder, "removed"));
    // Without the extra metadata entries a sequential writer is nearly twice as fast.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    // A flush error must stop the log: the faster flush modes of Ratis ignore it.
    RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
    // Ratis chains a follower's appends. When two come at once, from an old and a new leader, it
    // may run one of them twice, which fails; and all that are chained behind it fail for ever.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SEGMENT_MAX);
    RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
  }

  private static void setElections(RaftProperties properties, LogHostSettings settings) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(settings.electionTimeoutMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(settings.electionTimeoutMax()));
    // By default Ratis soon tries a follower that answers with errors only every second, then
    // every 5 s. By then a heartbeat is always due, goes in the place of entries, and a follower
    // that lacks what it once had says no to it for ever. So it is tried more often than that.
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(
        properties, "1ms,10, " + settings.electionTimeoutMin().dividedBy(6).toMillis() + "ms,1000");
    if (settings.peers().size() == 1 && !settings.isJoining()) {
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, LONE_ELECTION_MIN);
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, LONE_ELECTION_MAX);
    }
  }

  private static void setReads(RaftProperties properties) {
    // Linearizable without the lease does not ask a quorum: a deposed leader would go on answering.
    RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, true);
  }

  private static void setSnapshots(RaftProperties properties) {
    // When to write one is decided by SnapshotWriter, which counts bytes and writes aside.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
  }

  private static void setBounds(RaftProperties properties) {
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, CLOSED_SEGMENTS_CACHED);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SEGMENTS_CACHED_MAX);
    RaftServerConfigKeys.Log.setQueueByteLimit(properties, QUEUE_MAX);
    RaftServerConfigKeys.Log.setQueueElementLimit(properties, QUEUE_ELEMENTS_MAX);
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, APPEND_MAX);
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, APPEND_PAUSE);
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SNAPSHOT_CHUNK);
    RaftServerConfigKeys.Log.setWriteBufferSize(properties, WRITE_BUFFER);
    RaftServerConfigKeys.Write.setByteLimit(properties, QUEUE_MAX);
    RaftServerConfigKeys.Write.setElementLimit(properties, QUEUE_ELEMENTS_MAX);
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, RETRY_CACHE_EXPIRY);
    // A suspended machine wakes up with a long pause behind it: no reason to stop for good.
    RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(365, TimeUnit.DAYS));
  }

  private static TimeDuration millis(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}

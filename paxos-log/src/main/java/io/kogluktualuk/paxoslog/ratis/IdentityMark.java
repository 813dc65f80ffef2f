package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// To whom a log folder belongs: cluster, replica, and its logs, each with whether it was formed.
///
/// ```
/// ┌────────┬────────────┬─────────┬───────┬──────────────────────┬────────┐
/// │KOGLOGI2│ cluster id │ node id │ count │ name, formed (0, 1)… │ SHA-256│
/// └────────┴────────────┴─────────┴───────┴──────────────────────┴────────┘
/// ```
/// Texts and counts are canonical; names are in ascending order; the hash covers all before it.
///
/// @param logs the name of each log, and whether a start has formatted its storage
record IdentityMark(String clusterId, String nodeId, SortedMap<String, Boolean> logs) {

  /// More groups in one process only cost.
  static final int LOGS_MAX = 256;

  static final int BYTES_MAX = 64 * 1024;
  private static final byte[] MAGIC = "KOGLOGI2".getBytes(StandardCharsets.US_ASCII);
  private static final int ID_BYTES_MAX = 256;

  IdentityMark {
    if (logs.isEmpty() || logs.size() > LOGS_MAX) {
      throw new IllegalArgumentException(logs.size() + " logs; expected 1 to " + LOGS_MAX);
    }
    logs = Collections.unmodifiableSortedMap(new TreeMap<>(logs));
  }

  boolean isFormed(String log) {
    return Boolean.TRUE.equals(logs.get(log));
  }

  IdentityMark formed(String log) {
    TreeMap<String, Boolean> changed = new TreeMap<>(logs);
    changed.put(log, true);
    return new IdentityMark(clusterId, nodeId, changed);
  }

  byte[] toBytes() {
    CanonicalWriter writer =
        new CanonicalWriter(BYTES_MAX).raw(MAGIC).text(clusterId).text(nodeId).varint(logs.size());
    logs.forEach((name, isFormed) -> writer.text(name).varint(isFormed ? 1 : 0));
    byte[] content = writer.toBytes();
    return new CanonicalWriter(BYTES_MAX + Hash.BYTES)
        .raw(content)
        .hash(Hash.of(content))
        .toBytes();
  }

  /// @throws Corruption when the bytes are not what was written
  static IdentityMark parse(String what, byte[] bytes) {
    int signed = bytes.length - Hash.BYTES;
    if (signed < MAGIC.length
        || !Hash.of(Arrays.copyOf(bytes, signed))
            .equals(Hash.ofBytes(Arrays.copyOfRange(bytes, signed, bytes.length)))) {
      throw new Corruption(what + " does not match its checksum");
    }
    try {
      CanonicalReader reader = new CanonicalReader(what, bytes, 0, signed);
      reader.magic(MAGIC);
      String clusterId = reader.text(ID_BYTES_MAX, "the cluster id");
      String nodeId = reader.text(ID_BYTES_MAX, "the node id");
      TreeMap<String, Boolean> logs = new TreeMap<>();
      long count = reader.varint(LOGS_MAX, "the number of logs");
      for (long i = 0; i < count; i++) {
        String name = reader.text(ID_BYTES_MAX, "the name of a log");
        if (!logs.isEmpty() && name.compareTo(logs.lastKey()) <= 0) {
          throw new MalformedEncoding(what + " has the log '" + name + "' out of order");
        }
        logs.put(name, reader.varint(1, "the state of a log") == 1);
      }
      reader.end();
      if (logs.isEmpty()) {
        throw new MalformedEncoding(what + " names no log");
      }
      return new IdentityMark(clusterId, nodeId, logs);
    } catch (MalformedEncoding e) {
      throw new Corruption(String.valueOf(e.getMessage()), e);
    }
  }
}

package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The keys that every role has.
///
/// **Threading:** constants.
final class Keys {

  private static final int PORT_MAX = HostPort.PORT_MAX;

  static final Key<String> CLUSTER =
      Key.required(
          "cluster", Types.name(), "Names the cluster: the same on all of its nodes, for ever.");

  static final Key<String> NAME =
      Key.required("name", Types.name(), "Names the node; no other of the cluster is called so.");

  static final Key<Path> FOLDER =
      Key.required(
          "folder", Types.path(), "Where its state lies. No other node uses it. Made if need be.");

  static final Key<String> BIND =
      Key.standard(
          "bind",
          Types.host(),
          "127.0.0.1",
          "The address of this host that it answers on and tells others; with an RDMA adapter, that\n"
              + "of its network device.");

  static final Key<Integer> CALLS_PORT =
      Key.standard(
          "ports.calls",
          Types.whole(0, PORT_MAX),
          7400,
          "Where control calls are answered; 0 for any free port, which only memory and compute\n"
              + "nodes can have.");

  static final Key<List<HostPort>> CONTROL_NODES =
      Key.standard(
          "control-nodes",
          Types.addresses(),
          List.of(),
          "Where the control nodes answer calls. Memory and compute nodes need at least one.");

  static final Key<String> VERBS =
      Key.standard(
          "verbs",
          Types.oneOf(List.of("auto", "native", "shared", "tcp")),
          "auto",
          "How bytes move: native (an RDMA device), shared (memory, one host only), tcp, or auto:\n"
              + "the first of these that can be had. All nodes and clients choose alike.");

  static final Key<Duration> STOP_WITHIN =
      Key.standard(
          "stop-within",
          Types.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
          Duration.ofSeconds(30),
          "How long a node that is told to stop may take to finish what it has begun.");

  static final Key<Path> TLS_FOLDER =
      Key.optional(
          "tls.folder",
          Types.path(),
          "nothing is encrypted, nobody is authenticated",
          "The folder with this node's certificate, key and trusted roots, as 'kog ca issue' writes\n"
              + "it. With it, all control calls and logs are mutually authenticated TLS 1.3. Files\n"
              + "that change count from the next connection on.");

  static final Key<Integer> METRICS_PORT =
      Key.optional(
          "metrics.port",
          Types.whole(0, PORT_MAX),
          "nothing is published",
          "Publishes /metrics for Prometheus, and /live and /ready, by HTTP; 0 for any free port.");

  static final Key<String> METRICS_BIND =
      Key.optional(
          "metrics.bind",
          Types.host(),
          "the address of 'bind'",
          "The address on which they are published, to whoever can reach it.");

  static final Key<String> LOG_FORMAT =
      Key.standard(
          "log.format",
          Types.oneOf(List.of("text", "json")),
          "text",
          "How log lines look: text for people, or one JSON object a line.");

  static final Key<String> LOG_LEVEL =
      Key.standard(
          "log.level",
          Types.oneOf(List.of("debug", "info", "warn", "error")),
          "info",
          "The least important lines that are written.");

  static final Key<Path> LOG_FOLDER =
      Key.optional(
          "log.folder", Types.path(), "'log' in the node's folder", "Where log files lie.");

  static final Key<ByteCount> LOG_FILE_SIZE =
      Key.standard(
          "log.file-size",
          Types.size(new ByteCount(64 << 10), ByteCount.gibibytes(1)),
          ByteCount.mebibytes(8),
          "A log file that is longer is put aside.");

  static final Key<Integer> LOG_FILES =
      Key.standard(
          "log.files", Types.whole(1, 100), 3, "So many log files are kept, the newest included.");

  static final List<Key<?>> SHARED =
      List.of(
          CLUSTER,
          NAME,
          FOLDER,
          BIND,
          CALLS_PORT,
          CONTROL_NODES,
          VERBS,
          STOP_WITHIN,
          TLS_FOLDER,
          METRICS_PORT,
          METRICS_BIND,
          LOG_FORMAT,
          LOG_LEVEL,
          LOG_FOLDER,
          LOG_FILE_SIZE,
          LOG_FILES);

  private Keys() {}
}

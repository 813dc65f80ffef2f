package io.kogluktualuk.fabric.node.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node of any role has.
///
/// @param cluster the same on all nodes
/// @param name no other node's
/// @param folder its state
/// @param bind the address that it answers on and tells others
/// @param callsPort where control calls are answered; 0 for any free port
/// @param controlNodes where the control nodes answer calls
/// @param verbs `auto`, `native`, `shared`, `tcp`
/// @param stopWithin how long an orderly stop may take
/// @param tlsFolder who it is and whom it trusts; null for everybody
/// @param metrics where metrics and health are published; null for nowhere
public record SharedConfig(
    String cluster,
    String name,
    Path folder,
    String bind,
    int callsPort,
    List<HostPort> controlNodes,
    String verbs,
    Duration stopWithin,
    @Nullable Path tlsFolder,
    @Nullable MetricsConfig metrics,
    LogConfig log) {

  /// Where metrics and health are published.
  ///
  /// @param port 0 for any free one
  public record MetricsConfig(String bind, int port) {}

  public SharedConfig {
    controlNodes = List.copyOf(controlNodes);
  }

  /// @param base what relative paths are relative to: the file's folder
  static SharedConfig of(NodeRole role, Values values, Path base) {
    Path folder = base.resolve(values.get(Keys.FOLDER)).normalize();
    List<HostPort> controlNodes = values.get(Keys.CONTROL_NODES);
    values.require(
        role == NodeRole.CONTROL || !controlNodes.isEmpty(),
        Keys.CONTROL_NODES,
        "at least one control node",
        "none");
    int port = values.get(Keys.CALLS_PORT);
    String bind = values.get(Keys.BIND);
    Path tlsFolder = values.find(Keys.TLS_FOLDER);
    Integer metricsPort = values.find(Keys.METRICS_PORT);
    String metricsBind = values.find(Keys.METRICS_BIND);
    return new SharedConfig(
        values.get(Keys.CLUSTER),
        values.get(Keys.NAME),
        folder,
        bind,
        port,
        controlNodes,
        values.get(Keys.VERBS),
        values.get(Keys.STOP_WITHIN),
        tlsFolder == null ? null : base.resolve(tlsFolder),
        metricsPort == null
            ? null
            : new MetricsConfig(metricsBind == null ? bind : metricsBind, metricsPort),
        LogConfig.of(values, folder, base));
  }
}

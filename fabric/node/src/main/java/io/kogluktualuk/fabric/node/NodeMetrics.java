package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.measure.Distribution;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The numbers of the nodes of this process, each with the label `node`, read when they are
/// scraped.
///
/// **Threading:** any thread scrapes.
record NodeMetrics(Supplier<List<ServedNode>> nodes) implements MultiCollector {

  private record Labelled(Sample sample, Labels labels) {}

  @Override
  public MetricSnapshots collect() {
    Map<String, List<Labelled>> byName = new TreeMap<>();
    for (ServedNode node : nodes.get()) {
      Labels of = Labels.of("node", node.name());
      List<Sample> samples = new ArrayList<>(node.samples());
      samples.add(
          Sample.gauge(
              "kog_node_ready", "Whether it can do its work", node.health().isReady() ? 1 : 0));
      for (Sample sample : samples) {
        byName
            .computeIfAbsent(sample.name(), _ -> new ArrayList<>())
            .add(new Labelled(sample, of.merge(sample.labels())));
      }
    }
    List<MetricSnapshot> all = new ArrayList<>(histograms());
    byName.values().forEach(samples -> all.add(snapshot(samples)));
    return new MetricSnapshots(all);
  }

  private List<MetricSnapshot> histograms() {
    Map<String, HistogramSnapshot.Builder> byName = new TreeMap<>();
    for (ServedNode node : nodes.get()) {
      Labels of = Labels.of("node", node.name());
      for (Spread spread : node.spreads()) {
        byName
            .computeIfAbsent(
                spread.name(), name -> HistogramSnapshot.builder().name(name).help(spread.help()))
            .dataPoint(point(spread.values(), of.merge(spread.labels())));
      }
    }
    return byName.values().stream().<MetricSnapshot>map(HistogramSnapshot.Builder::build).toList();
  }

  private static HistogramDataPointSnapshot point(Distribution values, Labels labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < values.buckets(); i++) {
      buckets.bucket(values.bound(i), values.count(i));
    }
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(values.sum())
        .labels(labels)
        .build();
  }

  private static MetricSnapshot snapshot(List<Labelled> samples) {
    Sample first = samples.getFirst().sample();
    return first.isCounter() ? counter(first, samples) : gauge(first, samples);
  }

  private static MetricSnapshot gauge(Sample first, List<Labelled> samples) {
    GaugeSnapshot.Builder all = GaugeSnapshot.builder().name(first.name()).help(first.help());
    for (Labelled labelled : samples) {
      all.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(labelled.labels())
              .value(labelled.sample().value())
              .build());
    }
    return all.build();
  }

  private static MetricSnapshot counter(Sample first, List<Labelled> samples) {
    CounterSnapshot.Builder all = CounterSnapshot.builder().name(first.name()).help(first.help());
    for (Labelled labelled : samples) {
      all.dataPoint(
          CounterSnapshot.CounterDataPointSnapshot.builder()
              .labels(labelled.labels())
              .value(labelled.sample().value())
              .build());
    }
    return all.build();
  }
}

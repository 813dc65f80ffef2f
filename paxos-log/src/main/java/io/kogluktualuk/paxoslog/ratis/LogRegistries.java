package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.server.metrics.SegmentedRaftLogMetrics;
import org.apache.ratis.util.TimeDuration;

/// What Ratis measures, as far as anybody wants to know it: how long syncs of a log take. All else
/// is thrown away where it is measured, since the library that would keep it costs each entry more.
///
/// Ratis finds it as a service and makes one for the process.
///
/// **Threading:** any thread. **Bound:** one entry for each open log and kind of metrics; Ratis
/// removes them when it closes the log.
public final class LogRegistries extends MetricRegistries {

  private final Map<MetricRegistryInfo, Registry> registries = new ConcurrentHashMap<>();

  /// For the service loader.
  public LogRegistries() {}

  /// How long syncs of one log took since it was opened.
  ///
  /// @param member as Ratis calls a replica of one log
  static Distribution syncTimes(String member) {
    Histogram all = Histogram.ofTimes();
    return global().getMetricRegistries().stream()
        .filter(each -> each.getMetricRegistryInfo().getPrefix().equals(member))
        .filter(Registry.class::isInstance)
        .map(each -> ((Registry) each).syncs.read())
        .reduce(all.read(), Distribution::plus);
  }

  /// The metrics of one kind of one log.
  private record Registry(MetricRegistryInfo info, Histogram syncs) implements RatisMetricRegistry {

    @Override
    public Timekeeper timer(String name) {
      return name.equals(SegmentedRaftLogMetrics.RAFT_LOG_SYNC_TIME)
          ? () -> timing(syncs)
          : () -> () -> 0;
    }

    private static Timekeeper.Context timing(Histogram into) {
      long begin = System.nanoTime();
      return () -> {
        long nanos = System.nanoTime() - begin;
        into.add(nanos);
        return nanos;
      };
    }

    @Override
    public LongCounter counter(String name) {
      return Uncounted.ONLY;
    }

    @Override
    public boolean remove(String name) {
      return false;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> value) {
      // nobody asks
    }

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return info;
    }
  }

  private enum Uncounted implements LongCounter {
    ONLY;

    @Override
    public void inc(long more) {}

    @Override
    public void dec(long less) {}

    @Override
    public long getCount() {
      return 0;
    }
  }

  @Override
  public void clear() {
    registries.clear();
  }

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return registries.computeIfAbsent(info, one -> new Registry(one, Histogram.ofTimes()));
  }

  @Override
  public boolean remove(MetricRegistryInfo info) {
    return registries.remove(info) != null;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.ofNullable(registries.get(info));
  }

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.copyOf(registries.keySet());
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.copyOf(registries.values());
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> added, Consumer<RatisMetricRegistry> removed) {
    // nothing is reported
  }

  @Override
  public void enableJmxReporter() {
    // nothing is reported
  }

  @Override
  public void enableConsoleReporter(TimeDuration every) {
    // nothing is reported
  }
}

package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.function.Consumer;

/// The log's own time: what has elapsed between entries, by the clocks of those who proposed them.
///
/// Between two entries it advances by the difference of their wall-clock times, but never back and
/// never by more than [#STEP_MILLIS_MAX]. A clock that is set back costs the log a moment of
/// standing still; one that is set forward by a year costs ten seconds and not every lease; and
/// when it is put right again, the log's time goes on at once instead of waiting for a year. The
/// greatest wall-clock time ever seen, the obvious alternative, has neither property.
///
/// Where nothing is proposed for longer, time is lost: whoever waits for something to expire has to
/// propose ticks meanwhile. Leases then live longer than promised, never shorter.
///
/// **Threading:** as [Table]. **Invariant:** the time never goes back.
final class LogClock implements Table<LogClock.Never, LogClock.Reached> {

  static final int NUMBER = 9;

  /// Several missed ticks, and yet less than the shortest lease anyone uses over a network.
  static final long STEP_MILLIS_MAX = 10_000;

  /// There is nothing to ask of a clock.
  record Never() {}

  /// How far it has come.
  record Reached(long proposedAtMillis, long elapsedMillis) {}

  private long lastProposedMillis;
  private long elapsedMillis;

  /// The moment of an entry.
  Moment advance(long proposedAtMillis) {
    if (lastProposedMillis != 0) {
      long step = proposedAtMillis - lastProposedMillis;
      elapsedMillis += Math.max(0, Math.min(step, STEP_MILLIS_MAX));
    }
    lastProposedMillis = proposedAtMillis;
    return new Moment(proposedAtMillis, elapsedMillis);
  }

  long elapsedMillis() {
    return elapsedMillis;
  }

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public Never readCommand(CanonicalReader reader) {
    throw reader.malformed("nothing can be asked of the clock");
  }

  @Override
  public Reached readChange(CanonicalReader reader) {
    return new Reached(reader.varint(), reader.varint());
  }

  @Override
  public Decision<Reached> decide(Never command, Moment at) {
    throw new IllegalStateException("nothing can be asked of the clock");
  }

  @Override
  public void replay(Reached change) {
    lastProposedMillis = change.proposedAtMillis;
    elapsedMillis = change.elapsedMillis;
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    long proposed = lastProposedMillis;
    long elapsed = elapsedMillis;
    return writer -> writer.write(new CanonicalWriter().varint(proposed).varint(elapsed).toBytes());
  }

  @Override
  public void clear() {
    lastProposedMillis = 0;
    elapsedMillis = 0;
  }
}

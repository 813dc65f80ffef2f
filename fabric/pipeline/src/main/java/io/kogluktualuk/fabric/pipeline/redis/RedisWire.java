package io.kogluktualuk.fabric.pipeline.redis;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.pipeline.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntryBinary;

/// A wire over two queues of a broker: the Redis streams `NAME:forward` and `NAME:back`.
///
/// ```
/// XADD  NAME:forward MAXLEN 4096 * f FRAME      XREAD BLOCK … STREAMS NAME:forward 0
/// ```
///
/// What was received is deleted when more is asked for, so a receiver that dies in between gets
/// it again when it comes back, and the broker keeps what is on its way only. Sender and receiver
/// need not be there at the same time.
///
/// **Threading:** as a wire. **Ownership:** of two connections. **Bound:** [#FRAMES_MAX] frames
/// in each queue, the oldest go first; credits keep far fewer on their way. The broker, and who
/// may write to it, is trusted not to send values of hundreds of mebibytes: they are read before
/// they are refused. **Errors:** `Unavailable` whenever the broker is not there; the next call
/// tries again, five times a second at most when it receives.
public final class RedisWire implements Wire {

  /// More than the credits of any stage, and than the greetings of a night alone.
  static final int FRAMES_MAX = 4096;

  private static final int BATCH = 64;
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final Duration BLOCK_MAX = Duration.ofSeconds(1);

  /// A broker that did not answer is asked again after so long; the other end of the link does not
  /// wait for us meanwhile.
  private static final Duration RETRY = Duration.ofMillis(200);

  private static final byte[] FIELD = {'f'};
  private static final StreamEntryID BEGIN = new StreamEntryID(0, 0);

  private final HostAndPort broker;
  private final byte[] outKey;
  private final byte[] inKey;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private final List<byte[]> received = new ArrayList<>();
  private StreamEntryID last = BEGIN;
  private volatile @Nullable Jedis sending;
  private volatile @Nullable Jedis receiving;
  private volatile boolean isClosed;
  private boolean hasFailed;

  private RedisWire(HostAndPort broker, String outKey, String inKey) {
    this.broker = broker;
    this.outKey = outKey.getBytes(StandardCharsets.UTF_8);
    this.inKey = inKey.getBytes(StandardCharsets.UTF_8);
  }

  /// The end of the stage that sends envelopes.
  ///
  /// @param queue which no other two stages use
  public static RedisWire sender(String host, int port, String queue) {
    requireName(queue);
    return new RedisWire(new HostAndPort(host, port), queue + ":forward", queue + ":back");
  }

  /// The end of the stage that receives envelopes.
  public static RedisWire receiver(String host, int port, String queue) {
    requireName(queue);
    return new RedisWire(new HostAndPort(host, port), queue + ":back", queue + ":forward");
  }

  private static void requireName(String queue) {
    if (queue.isEmpty() || queue.length() > 256) {
      throw new InvalidArgument("the name of a queue has 1 to 256 characters: '" + queue + "'");
    }
  }

  private Jedis connect() {
    if (isClosed) {
      throw new AlreadyClosed("the wire to " + broker + " is closed");
    }
    return new Jedis(
        broker,
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(TIMEOUT_MILLIS)
            .socketTimeoutMillis(TIMEOUT_MILLIS)
            .blockingSocketTimeoutMillis(TIMEOUT_MILLIS)
            .build());
  }

  @Override
  public void send(byte[] frame) {
    try {
      Jedis to = sending;
      if (to == null) {
        to = connect();
        sending = to;
      }
      XAddParams params = XAddParams.xAddParams().maxLen(FRAMES_MAX).approximateTrimming();
      to.xadd(outKey, params, Map.of(FIELD, frame));
    } catch (JedisException e) {
      close(sending);
      sending = null;
      throw failed(e);
    }
  }

  @Override
  public byte @Nullable [] receive(Duration patience) {
    if (waiting.isEmpty()) {
      if (hasFailed) {
        LockSupport.parkNanos(this, shorter(patience, RETRY).toNanos());
      }
      try {
        Jedis from = receiving;
        if (from == null) {
          from = connect();
          receiving = from;
        }
        read(from, shorter(patience, BLOCK_MAX));
        hasFailed = false;
      } catch (JedisException e) {
        hasFailed = true;
        close(receiving);
        receiving = null;
        received.clear();
        last = BEGIN; // what was not deleted comes again
        throw failed(e);
      }
    }
    byte[] frame = waiting.poll();
    if (frame == null && isClosed) {
      close(receiving); // it may have been made while the wire was being closed
      throw new AlreadyClosed("the wire to " + broker + " is closed");
    }
    return frame;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void read(Jedis from, Duration block) {
    if (!received.isEmpty()) {
      from.xdel(inKey, received.toArray(byte[][]::new));
      received.clear();
    }
    XReadParams params =
        XReadParams.xReadParams().count(BATCH).block((int) Math.max(1, block.toMillis()));
    List<Map.Entry<byte[], List<StreamEntryBinary>>> answer =
        from.xreadBinary(params, Map.of(inKey, last));
    if (answer == null) {
      return;
    }
    for (Map.Entry<byte[], List<StreamEntryBinary>> stream : answer) {
      for (StreamEntryBinary entry : stream.getValue()) {
        last = entry.getID();
        received.add(entry.getID().toString().getBytes(StandardCharsets.US_ASCII));
        entry.getFields().values().stream().limit(1).forEach(waiting::add);
      }
    }
  }

  private RuntimeException failed(JedisException e) {
    return isClosed
        ? new AlreadyClosed("the wire to " + broker + " is closed", e)
        : new Unavailable("the broker at " + broker + " does not answer: " + e.getMessage(), e);
  }

  private static void close(@Nullable Jedis connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (JedisException e) {
        // It is broken: that is why it is closed.
      }
    }
  }

  @Override
  public void close() {
    isClosed = true;
    close(sending);
    close(receiving);
  }
}

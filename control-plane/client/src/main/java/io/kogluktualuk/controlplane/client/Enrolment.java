package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.Members;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a server in the membership: registers it, gives signs of life to *every* control node,
/// so that each can take over as the one who decides who is there, hears who else is, and begins
/// again when the control plane was away or has forgotten it. A server without control plane goes
/// on serving.
///
/// **Threading:** one thread of its own and one for each control node; [#close] and [#isEnrolled]
/// from any. The listener is called on the own thread and must not block for long. **Ownership:**
/// owns its threads; the link is lent. **Bound:** one heartbeat on its way to each control node,
/// one attempt per interval.
public final class Enrolment implements AutoCloseable {

  /// Hears what the control plane says.
  public interface Listener {

    /// What one control node has answered to a sign of life: the epoch, the server's own state,
    /// which leases are dead. Called by one thread for each control node, several at once.
    void onBeat(HeartbeatReply reply);

    /// The server has been registered: for the first time, after the control plane was away, or
    /// because it was no member any more. Then nothing is known of it there that it had before.
    default void onRegistered() {}

    /// All members, as a control node sees them now; once each interval.
    default void onMembers(Members members) {}

    /// Whether [#onMembers] is of interest.
    default boolean wantsMembers() {
      return false;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
  private static final Duration CALL_MAX = Duration.ofSeconds(5);
  private static final Duration REFRESH_MAX = Duration.ofMillis(500);

  private final ControlLink control;
  private final ControlClient client;
  private final MemberInfo self;
  private final long incarnation = new SecureRandom().nextLong(1, Long.MAX_VALUE);
  private final Duration interval;
  private final Supplier<Load> load;
  private final Listener listener;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Map<InetSocketAddress, Heart> hearts = new HashMap<>();
  private final Thread thread;
  private volatile boolean isEnrolled;
  private boolean isReported;

  private Enrolment(
      ControlLink control,
      MemberInfo self,
      Duration interval,
      Supplier<Load> load,
      Listener listener) {
    this.control = control;
    this.client = new ControlClient(control, CALL_MAX);
    this.self = self;
    this.interval = interval;
    this.load = load;
    this.listener = listener;
    this.thread =
        Thread.ofPlatform().daemon().name("enrolment-" + self.name()).unstarted(this::run);
  }

  /// Starts for a server that need not hear anything.
  public static Enrolment start(
      ControlLink control, MemberInfo self, Duration interval, Supplier<Load> load) {
    return start(new Enrolment(control, self, interval, load, _ -> {}));
  }

  /// @param control lent; it must live longer than the enrolment
  /// @param self what the server says about itself
  /// @param interval how often it gives signs of life
  /// @param load asked for at each of them
  public static Enrolment start(
      ControlLink control,
      MemberInfo self,
      Duration interval,
      Supplier<Load> load,
      Listener listener) {
    return start(new Enrolment(control, self, interval, load, listener));
  }

  private static Enrolment start(Enrolment enrolment) {
    enrolment.thread.start();
    return enrolment;
  }

  /// Whether the control plane has heard of it lately.
  public boolean isEnrolled() {
    return isEnrolled;
  }

  private void run() {
    try {
      do {
        try {
          turn();
        } catch (FabricException e) {
          away(e);
        }
      } while (!stop.await(interval.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // only close interrupts
    } finally {
      hearts.values().forEach(Heart::stop);
    }
  }

  private void turn() {
    if (!isEnrolled || isForgotten()) {
      client.register(self);
      hearts.values().forEach(Heart::registered);
      listener.onRegistered();
    }
    refresh();
    listenTo(control.addresses());
    checkHeard();
    if (listener.wantsMembers()) {
      tellMembers();
    }
    if (!isEnrolled) {
      LOG.info("{} {} is a member of the fabric", self.role(), self.name());
    }
    isEnrolled = true;
    isReported = false;
  }

  /// While there is no leader nobody says who is a member; it is heard again when there is one.
  private void tellMembers() {
    try {
      listener.onMembers(client.members());
    } catch (FabricException e) {
      LOG.debug("nobody says who is a member: {}", e.getMessage());
    }
  }

  /// Where the control nodes are is worth knowing, but whether they are there the hearts tell.
  private void refresh() {
    try {
      control.refresh(Deadline.after(REFRESH_MAX));
    } catch (FabricException e) {
      LOG.debug("nobody says where the control nodes are: {}", e.getMessage());
    }
  }

  /// One control node that hears is enough.
  private void checkHeard() {
    FabricException last = null;
    for (Heart heart : hearts.values()) {
      last = heart.fault();
      if (last == null) {
        return;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private boolean isForgotten() {
    return hearts.values().stream().anyMatch(Heart::isForgotten);
  }

  /// One heart for each control node.
  private void listenTo(List<InetSocketAddress> addresses) {
    hearts
        .entrySet()
        .removeIf(
            entry -> {
              boolean isGone = !addresses.contains(entry.getKey());
              if (isGone) {
                entry.getValue().stop();
              }
              return isGone;
            });
    for (InetSocketAddress address : addresses) {
      hearts.computeIfAbsent(address, this::startHeart);
    }
  }

  private Heart startHeart(InetSocketAddress address) {
    return Heart.start(self.name(), address, interval, () -> beat(address));
  }

  private void beat(InetSocketAddress address) {
    var channel = control.channel(address);
    if (channel != null) {
      Heartbeat beat = new Heartbeat(self.id(), incarnation, load.get());
      listener.onBeat(new ControlClient(channel, CALL_MAX).heartbeat(beat));
    }
  }

  private void away(FabricException reason) {
    isEnrolled = false;
    if (!isReported && stop.getCount() > 0) {
      isReported = true; // once per absence, not once per attempt
      LOG.warn(
          "{} {}: the control plane is away, trying on: {}",
          self.role(),
          self.name(),
          reason.getMessage());
    }
  }

  @Override
  public void close() {
    stop.countDown();
    thread.interrupt();
    try {
      thread.join(CALL_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The signs of life to one control node. One that hangs holds up no other.
  ///
  /// **Threading:** one thread of its own; the rest from any.
  private static final class Heart {

    private final Runnable beat;
    private final Duration interval;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean isForgotten;

    /// Why the last sign of life was not heard, or null when it was.
    private volatile @Nullable FabricException fault;

    private Heart(String name, InetSocketAddress address, Duration interval, Runnable beat) {
      this.beat = beat;
      this.interval = interval;
      this.thread =
          Thread.ofPlatform()
              .daemon()
              .name("heart-" + name + "-" + address.getPort())
              .unstarted(this::run);
    }

    static Heart start(String name, InetSocketAddress address, Duration interval, Runnable beat) {
      Heart heart = new Heart(name, address, interval, beat);
      heart.thread.start();
      return heart;
    }

    private void run() {
      try {
        do {
          try {
            beat.run();
            fault = null;
          } catch (NotFound e) {
            isForgotten = true;
          } catch (FabricException e) {
            fault = e;
          }
        } while (!stop.await(interval.toNanos(), TimeUnit.NANOSECONDS));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt(); // only stop interrupts
      }
    }

    @Nullable FabricException fault() {
      return fault;
    }

    boolean isForgotten() {
      return isForgotten;
    }

    void registered() {
      isForgotten = false;
    }

    void stop() {
      stop.countDown();
      thread.interrupt();
    }
  }
}

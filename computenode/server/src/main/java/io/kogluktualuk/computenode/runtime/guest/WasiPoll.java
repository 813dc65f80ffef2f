package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestMemory;
import io.kogluktualuk.computenode.vm.run.HostImports;
import java.util.ArrayList;
import java.util.List;

/// WASI's `poll_oneoff`. Nothing here ever has to be waited for but time, and that passes at
/// once.
///
/// ```
/// subscription (preview 1; snapshot 0 has the clock 8 bytes later and is 8 longer), 48 bytes:
///   0 user data u64 │ 8 type u8 │ 16 clock u32 │ 24 time u64 │ 32 precision u64 │ 40 flags u16
///                               │ 16 descriptor u32
/// event, 32 bytes:
///   0 user data u64 │ 8 errno u16 │ 10 type u8 │ 16 bytes u64 │ 24 flags u16
/// ```
///
/// Descriptors are always ready: a file for the bytes that are left to read (none: hung up), or
/// for those that may yet be written. A descriptor that cannot be polled is an event with its
/// error. If there is such an event, or a time that has come, these are what is answered; else
/// time passes to the earliest that is waited for. Clocks of processor time cannot be waited for:
/// NOTSUP.
///
/// **Threading:** stateless. **Bound:** [#SUBSCRIPTIONS_MAX]; none, or more, is INVAL.
final class WasiPoll {

  private static final int SUBSCRIPTIONS_MAX = 1_024;
  private static final int EVENT_BYTES = 32;
  private static final int TYPE_CLOCK = 0;
  private static final int TYPE_READ = 1;
  private static final int TYPE_WRITE = 2;
  private static final int FLAG_ABSOLUTE = 1;
  private static final int FLAG_HANGUP = 1;

  private WasiPoll() {}

  static void addTo(HostImports.Builder<GuestProcess> imports, Edition edition) {
    imports.function(
        edition.module(),
        "poll_oneoff",
        "iiii>i",
        wasi((process, guest, a) -> poll(process, guest, edition, a)));
  }

  /// What is asked for.
  ///
  /// @param subject the clock's number, or the descriptor's
  /// @param deadline when the clock's time has come
  private record Subscription(long userData, int type, int subject, long deadline) {

    static Subscription read(GuestMemory memory, Edition edition, VirtualClock clock, int at) {
      int type = memory.getByte(at + 8) & 0xFF;
      if (type > TYPE_WRITE) {
        throw new FileError(Errno.INVAL);
      }
      if (type != TYPE_CLOCK) {
        return new Subscription(memory.getLong(at), type, memory.getInt(at + 16), 0);
      }
      int body = at + edition.clockOffset();
      long time = memory.getLong(body + 8);
      boolean isAbsolute = (memory.getInt(body + 24) & FLAG_ABSOLUTE) != 0;
      long deadline = isAbsolute ? time : clock.after(time);
      return new Subscription(memory.getLong(at), type, memory.getInt(body), deadline);
    }
  }

  private record Event(Subscription asked, Errno errno, long bytes, int flags) {

    void write(GuestMemory memory, int at) {
      memory.setLong(at, asked.userData);
      memory.setLong(at + 8, errno.number() | (long) asked.type << 16);
      memory.setLong(at + 16, bytes);
      memory.setLong(at + 24, flags);
    }
  }

  private static void poll(GuestProcess process, Guest guest, Edition edition, long[] a) {
    int count = (int) a[2];
    if (count <= 0 || count > SUBSCRIPTIONS_MAX) {
      throw new FileError(Errno.INVAL);
    }
    process.requireInside(guest, (int) a[0], (long) count * edition.subscriptionBytes());
    process.requireInside(guest, (int) a[1], (long) count * EVENT_BYTES);
    process.requireInside(guest, (int) a[3], Integer.BYTES);
    guest.chargeFuel(count * 16L);
    GuestMemory memory = guest.memory();
    List<Subscription> asked = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = (int) a[0] + i * edition.subscriptionBytes();
      asked.add(Subscription.read(memory, edition, process.clock(), at));
    }
    List<Event> events = ready(process, asked);
    if (events.isEmpty()) {
      process.clock().waitUntil(earliest(asked));
      events = ready(process, asked);
    }
    for (int i = 0; i < events.size(); i++) {
      events.get(i).write(memory, (int) a[1] + i * EVENT_BYTES);
    }
    memory.setInt((int) a[3], events.size());
  }

  private static List<Event> ready(GuestProcess process, List<Subscription> asked) {
    List<Event> events = new ArrayList<>();
    for (Subscription each : asked) {
      if (each.type != TYPE_CLOCK) {
        events.add(ofDescriptor(process, each));
      } else if (!WasiProcess.passes(each.subject)) {
        boolean isKnown = each.subject > 0 && each.subject < 4;
        events.add(new Event(each, isKnown ? Errno.NOTSUP : Errno.INVAL, 0, 0));
      } else if (Long.compareUnsigned(each.deadline, process.clock().now()) <= 0) {
        events.add(new Event(each, Errno.SUCCESS, 0, 0));
      }
    }
    return events;
  }

  private static Event ofDescriptor(GuestProcess process, Subscription asked) {
    try {
      Descriptor open = process.descriptors().get(asked.subject);
      open.require(Rights.POLL | (asked.type == TYPE_READ ? Rights.READ : Rights.WRITE));
      if (asked.type == TYPE_WRITE) {
        return new Event(asked, Errno.SUCCESS, process.outputLeft(), 0);
      }
      long left =
          open instanceof Descriptor.File file
              ? Math.max(0, file.readable.length() - file.position)
              : 0;
      return new Event(asked, Errno.SUCCESS, left, left == 0 ? FLAG_HANGUP : 0);
    } catch (FileError e) {
      return new Event(asked, e.errno(), 0, 0);
    }
  }

  /// Called only when all that is asked for are times to come.
  private static long earliest(List<Subscription> asked) {
    return asked.stream()
        .mapToLong(Subscription::deadline)
        .reduce((one, other) -> Long.compareUnsigned(one, other) <= 0 ? one : other)
        .orElseThrow();
  }
}

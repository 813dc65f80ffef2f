package io.kogluktualuk.rdma.provider;

import com.ibm.disni.RdmaEndpointProvider;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaProvider;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.ibverbs.NativeDevices;
import io.kogluktualuk.rdma.ibverbs.NativeProvider;
import io.kogluktualuk.rdma.ibverbs.RdmaDevice;
import io.kogluktualuk.rdma.software.ConnectionPath;
import io.kogluktualuk.rdma.software.PathChoice;
import io.kogluktualuk.rdma.software.PathCounts;
import io.kogluktualuk.rdma.software.SoftwareProvider;
import io.kogluktualuk.rdma.software.SoftwareSettings;
import io.kogluktualuk.rdma.verbs.Registration;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides which provider DiSNI uses in this process.
///
/// DiSNI looks its provider up in one static field, so this is one decision per process. It is made
/// on first use and never changes. The property `kog.rdma.provider` says what is wanted:
///
/// - `auto`, the default: the native provider when this host has an RDMA device with an ACTIVE port
///   and the native library loads, else the software provider;
/// - `native`: that or nothing;
/// - `shared`, `tcp`: the software provider, with that data path only.
///
/// **Threading:** any thread; idempotent.
public final class Verbs {

  private static final Logger LOG = LoggerFactory.getLogger(Verbs.class);

  /// Kept, because the JDK forgets the settings of loggers that nobody holds.
  private static final java.util.logging.Logger DISNI_LOG =
      java.util.logging.Logger.getLogger("com.ibm");

  private static @Nullable Installed installed;

  private Verbs() {}

  /// @param reason why this one, for people
  public record Choice(VerbsProvider provider, String reason) {}

  private record Installed(RdmaProvider provider, Choice choice, Selection.Wish wish) {}

  /// Makes DiSNI usable with the default settings. Does nothing when it is already.
  ///
  /// @throws Unavailable when the native provider is asked for and cannot be had
  public static Choice install() {
    return install(SoftwareSettings.defaults());
  }

  /// Makes DiSNI usable. Does nothing when it is already; the settings then have no effect.
  public static Choice install(SoftwareSettings settings) {
    return installed(settings, null).choice();
  }

  /// Makes DiSNI usable in the way that somebody needs.
  ///
  /// @param way `native`, `shared` or `tcp`; or `auto`, for whatever it is
  /// @throws InvalidArgument when it is none of these
  /// @throws Conflict when this process uses another one already, or was told to
  public static Choice install(String way) {
    Selection.Wish wish = Selection.wish(way);
    if (wish == Selection.Wish.AUTO) {
      return install();
    }
    Installed found = installed(SoftwareSettings.defaults(), wish);
    if (found.wish() != wish) {
      throw new Conflict(
          "verbs: found "
              + found.wish().word()
              + " in use by this process ("
              + found.choice().reason()
              + "), expected "
              + way
              + "; a process uses one way");
    }
    return found.choice();
  }

  private static Installed installed(SoftwareSettings settings) {
    return installed(settings, null);
  }

  private static synchronized Installed installed(
      SoftwareSettings settings, Selection.@Nullable Wish asked) {
    Installed current = installed;
    if (current != null) {
      return current;
    }
    try {
      quieten();
      Field field = RdmaProvider.class.getDeclaredField("provider");
      field.setAccessible(true);
      RdmaProvider existing = (RdmaProvider) field.get(null);
      current = existing == null ? selected(settings, asked) : foreign(existing);
      field.set(null, current.provider());
    } catch (ReflectiveOperationException e) {
      throw new Unavailable("cannot install a provider into DiSNI; is it version 2.1? " + e, e);
    }
    installed = current;
    LOG.debug("verbs provider: {}", current.choice());
    return current;
  }

  /// DiSNI and DaRPC report each connection at INFO; that is not for operators.
  private static void quieten() {
    if (DISNI_LOG.getLevel() == null) {
      DISNI_LOG.setLevel(Level.WARNING);
    }
  }

  private static Installed selected(SoftwareSettings settings, Selection.@Nullable Wish asked)
      throws IllegalAccessException {
    Selection.Wish told = Selection.wish();
    Selection.Wish wish = told == Selection.Wish.AUTO && asked != null ? asked : told;
    Selection selection = Selection.make(wish);
    Choice choice = new Choice(selection.provider(), selection.reason());
    if (selection.provider() == VerbsProvider.NATIVE) {
      return new Installed(NativeProvider.open(), choice, wish);
    }
    AffinityStandIn.define();
    boolean isForced = selection.paths() != PathChoice.AUTO;
    return new Installed(
        new SoftwareProvider(isForced ? settings.withPaths(selection.paths()) : settings),
        choice,
        wish);
  }

  private static Installed foreign(RdmaProvider existing) {
    VerbsProvider kind =
        existing instanceof SoftwareProvider ? VerbsProvider.SOFTWARE : VerbsProvider.NATIVE;
    return new Installed(
        existing,
        new Choice(kind, "DiSNI was in use before with " + existing.getClass().getName()),
        Selection.Wish.AUTO);
  }

  /// The device that memory is registered with when no connection has chosen one: of several, the
  /// first by name with an ACTIVE port.
  public static IbvContext context() {
    RdmaProvider provider = installed(SoftwareSettings.defaults()).provider();
    try {
      return switch (provider) {
        case SoftwareProvider software -> software.context();
        case NativeProvider hardware -> hardware.context();
        default ->
            throw new Unavailable(
                "the devices of " + provider.getClass().getName() + " are unknown");
      };
    } catch (IOException e) {
      throw new Unavailable("no device can be had: " + e.getMessage(), e);
    }
  }

  /// The protection domain of the client side of this process: its buffers and the queue pairs that
  /// use them. Servers have domains of their own.
  public static IbvPd localDomain() {
    try {
      return RdmaEndpointProvider.getEndpointProvider().createProtectionDomain(context());
    } catch (IOException e) {
      throw new Unavailable("no protection domain can be had: " + e.getMessage(), e);
    }
  }

  /// How many bytes one operation may move, on whichever device of this process it is posted.
  public static long operationBytesMax() {
    if (install().provider() != VerbsProvider.NATIVE) {
      return Registration.BYTES_MAX;
    }
    return NativeDevices.listWithLimits().stream()
        .flatMap(device -> device.ports().stream())
        .filter(port -> port.isActive() && port.messageBytesMax() > 0)
        .mapToLong(RdmaDevice.Port::messageBytesMax)
        .min()
        .orElse(Registration.BYTES_MAX);
  }

  /// Why an id's connection failed or ended, in words; empty when it is not known.
  public static String failureOf(RdmaCmId id) {
    String failure = NativeProvider.failureOf(id);
    return failure.isEmpty() ? SoftwareProvider.failureOf(id) : failure;
  }

  /// Which way the data of an id's connection goes, or went, and why, in words; empty when it has
  /// not been up.
  public static String pathOf(RdmaCmId id) {
    ConnectionPath path = SoftwareProvider.pathOf(id);
    if (path != null) {
      return words(path.kind()) + ": " + path.reason();
    }
    return "";
  }

  private static String words(ConnectionPath.Kind kind) {
    return switch (kind) {
      case SHARED_MEMORY -> "shared memory";
      case TCP -> "TCP";
    };
  }

  /// How many connections of this process go which way now: `3 over shared memory, 1 over TCP`;
  /// empty when an adapter carries them.
  public static String paths() {
    if (!(installed(SoftwareSettings.defaults()).provider() instanceof SoftwareProvider software)) {
      return "";
    }
    try {
      PathCounts counts = software.paths();
      return counts.open(ConnectionPath.Kind.SHARED_MEMORY)
          + " over shared memory, "
          + counts.open(ConnectionPath.Kind.TCP)
          + " over TCP";
    } catch (IOException e) {
      throw new Unavailable("the software provider cannot start: " + e.getMessage(), e);
    }
  }

  /// What carries payload over TCP on this machine, in words.
  public static String network() {
    return SoftwareProvider.network();
  }

  /// Whether DiSNI's thread is still acting on an event of the channel that this id belongs to. Its
  /// endpoint group must not be closed while it is: closing waits for that thread with a lock held
  /// that the thread may need.
  public static boolean hasOpenEvents(RdmaCmId id) {
    return NativeProvider.hasOpenEvents(id) || SoftwareProvider.hasOpenEvents(id);
  }

  /// Refuses a connection that was requested; the peer is told so.
  public static void reject(RdmaCmId id) throws IOException {
    if (installed(SoftwareSettings.defaults()).provider() instanceof NativeProvider) {
      NativeProvider.reject(id);
    } else {
      id.destroyId();
    }
  }
}

package io.kogluktualuk.rdma.provider;

import com.ibm.disni.RdmaEndpointProvider;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaProvider;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.software.SoftwareProvider;
import io.kogluktualuk.rdma.software.SoftwareSettings;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides which provider DiSNI uses in this process.
///
/// DiSNI looks its provider up in one static field, so this is one decision per process. It is made
/// on first use and never changes.
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

  private record Installed(RdmaProvider provider, Choice choice) {}

  /// Makes DiSNI usable with the default settings. Does nothing when it is already.
  public static Choice install() {
    return install(SoftwareSettings.defaults());
  }

  /// Makes DiSNI usable. Does nothing when it is already; the settings then have no effect.
  public static Choice install(SoftwareSettings settings) {
    return installed(settings).choice();
  }

  private static synchronized Installed installed(SoftwareSettings settings) {
    Installed current = installed;
    if (current != null) {
      return current;
    }
    try {
      AffinityStandIn.define();
      quieten();
      Field field = RdmaProvider.class.getDeclaredField("provider");
      field.setAccessible(true);
      RdmaProvider existing = (RdmaProvider) field.get(null);
      current = existing == null ? software(settings) : foreign(existing);
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

  private static Installed software(SoftwareSettings settings) {
    Choice choice =
        new Choice(
            VerbsProvider.SOFTWARE, "shared memory; no native provider is part of this build");
    return new Installed(new SoftwareProvider(settings), choice);
  }

  private static Installed foreign(RdmaProvider existing) {
    VerbsProvider kind =
        existing instanceof SoftwareProvider ? VerbsProvider.SOFTWARE : VerbsProvider.NATIVE;
    return new Installed(
        existing,
        new Choice(kind, "DiSNI was in use before with " + existing.getClass().getName()));
  }

  /// The device that memory is registered with when no connection has chosen one.
  public static IbvContext context() {
    Installed current = installed(SoftwareSettings.defaults());
    if (!(current.provider() instanceof SoftwareProvider software)) {
      throw new Unavailable("the device of a native provider is known by its connections only");
    }
    try {
      return software.context();
    } catch (IOException e) {
      throw new Unavailable("the software provider cannot start: " + e.getMessage(), e);
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

  /// Why an id's connection failed or ended, in words; empty when it is not known.
  public static String failureOf(RdmaCmId id) {
    return SoftwareProvider.failureOf(id);
  }

  /// Whether DiSNI's thread is still acting on an event of the channel that this id belongs to. Its
  /// endpoint group must not be closed while it is: closing waits for that thread with a lock held
  /// that the thread may need.
  public static boolean hasOpenEvents(RdmaCmId id) {
    return SoftwareProvider.hasOpenEvents(id);
  }
}

package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaProvider;
import com.ibm.disni.verbs.RdmaVerbs;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The software provider's entry: what DiSNI asks for its calls.
///
/// **Threading:** any thread.
public final class SoftwareProvider extends RdmaProvider {

  /// DiSNI's native library reports its own version here.
  private static final int VERSION = 1;

  private final SoftwareSettings settings;
  private @Nullable Host host;

  public SoftwareProvider(SoftwareSettings settings) {
    this.settings = settings;
  }

  /// Made late, since DiSNI's constructors ask the installed provider for its calls.
  private synchronized Host host() throws IOException {
    Host current = host;
    if (current == null) {
      current = new Host(settings);
      host = current;
    }
    return current;
  }

  @Override
  public RdmaCm openCm() throws IOException {
    return new SoftwareCm(host());
  }

  @Override
  public RdmaVerbs openVerbs() throws IOException {
    return new SoftwareVerbs(host());
  }

  @Override
  public int getVersion() {
    return VERSION;
  }

  /// The provider's one device.
  public IbvContext context() throws IOException {
    return host().context();
  }

  /// Why an id's connection failed or ended, in words; empty when it has not.
  public static String failureOf(RdmaCmId id) {
    return SoftwareCm.failureOf(id);
  }

  /// Which way the data of an id's connection goes, or went; null when it has not been up.
  public static @Nullable ConnectionPath pathOf(RdmaCmId id) {
    return id instanceof SoftwareCmId own ? own.path() : null;
  }

  /// How many connections go which way.
  public PathCounts paths() throws IOException {
    return host().counts();
  }

  /// What carries payload over TCP on this machine, and if it is not epoll, why.
  public static String network() {
    return EpollLoop.isAvailable()
        ? "Netty's epoll"
        : "the JDK's selector; Netty's epoll cannot be used: " + EpollLoop.unavailability();
  }

  /// Whether somebody is still acting on an event of the channel that this id belongs to.
  public static boolean hasOpenEvents(RdmaCmId id) {
    return SoftwareCm.hasOpenEvents(id);
  }

  /// How many files of peers are mapped now.
  public int mappedFiles() throws IOException {
    return host().mappings().size();
  }
}

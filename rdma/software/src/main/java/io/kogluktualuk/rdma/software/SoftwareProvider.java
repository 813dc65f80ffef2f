package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaProvider;
import com.ibm.disni.verbs.RdmaVerbs;
import io.kogluktualuk.fabric.fault.Unavailable;
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

  /// @throws Unavailable when the settings ask for a data path that there is not
  public SoftwareProvider(SoftwareSettings settings) {
    if (settings.paths() == PathChoice.TCP) {
      throw new Unavailable("connections over TCP are not part of this build");
    }
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

  /// Whether somebody is still acting on an event of the channel that this id belongs to.
  public static boolean hasOpenEvents(RdmaCmId id) {
    return SoftwareCm.hasOpenEvents(id);
  }

  /// How many files of peers are mapped now.
  public int mappedFiles() throws IOException {
    return host().mappings().size();
  }
}

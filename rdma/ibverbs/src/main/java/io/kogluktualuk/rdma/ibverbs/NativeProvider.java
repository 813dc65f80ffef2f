package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaProvider;
import com.ibm.disni.verbs.RdmaVerbs;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;

/// The native provider's entry: what DiSNI asks for its calls.
///
/// DiSNI's own `Nat` classes are not used: decision 0021 says why.
///
/// **Threading:** any thread.
public final class NativeProvider extends RdmaProvider {

  private final NativeDispatcher dispatcher;
  private final Contexts contexts;
  private final NativeCm cm;
  private final NativeVerbs verbs;

  private NativeProvider(NativeDispatcher dispatcher) {
    this.dispatcher = dispatcher;
    this.contexts = new Contexts(dispatcher);
    this.cm = new NativeCm(dispatcher, contexts);
    this.verbs = new NativeVerbs(dispatcher);
  }

  /// Loads the library. Whether there is a device is not looked at.
  ///
  /// @throws Unavailable when the library cannot be had, saying why
  public static NativeProvider open() {
    return new NativeProvider(NativeLibrary.dispatcher());
  }

  @Override
  public RdmaCm openCm() {
    return cm;
  }

  @Override
  public RdmaVerbs openVerbs() {
    return verbs;
  }

  @Override
  public int getVersion() {
    return dispatcher._getVersion();
  }

  /// The device that memory is registered with when no connection has chosen one: the first, by
  /// name, with an ACTIVE port.
  ///
  /// @throws Unavailable when there is none
  public IbvContext context() throws IOException {
    return contexts.standard();
  }

  /// Refuses a requested connection; the peer sees `REJECTED`.
  public static void reject(RdmaCmId id) throws IOException {
    Natives.reject(NativeCm.own(id).number());
  }

  /// Why an id's connection failed or ended, in words; empty when it has not.
  public static String failureOf(RdmaCmId id) {
    return id instanceof NativeCmId own ? own.failure() : "";
  }

  /// Whether somebody is still acting on an event of the channel that this id belongs to.
  public static boolean hasOpenEvents(RdmaCmId id) {
    return id instanceof NativeCmId own && own.events().hasOpenEvents();
  }

  /// How many native objects there are: for tests that look for what is left behind.
  public static int liveObjects() {
    return Natives.liveObjects();
  }
}

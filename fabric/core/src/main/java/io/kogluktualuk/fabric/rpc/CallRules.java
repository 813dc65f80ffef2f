package io.kogluktualuk.fabric.rpc;

import io.kogluktualuk.fabric.fault.Refused;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who may make which calls of one server: a call that no rule is about, nobody may.
///
/// A caller who has proven nothing is let through: a server has such callers only when it is
/// configured without TLS, and then names are no more than claims.
///
/// **Threading:** filled by one thread before the server starts; read by any number afterwards.
/// A check allocates nothing unless it refuses.
public final class CallRules implements MethodTable.Guard {

  private static final int INITIAL = 512;

  /// By method number.
  private @Nullable Entry<?>[] entries;

  public CallRules() {
    entries = new @Nullable Entry<?>[INITIAL];
  }

  /// Whether a caller may make a call.
  public interface Rule<Q> {
    boolean allows(PeerName caller, Q request);
  }

  private record Entry<Q>(Rule<Q> rule, String who) {

    @SuppressWarnings("unchecked") // The table decodes what the method says.
    boolean allows(PeerName caller, Object request) {
      return rule.allows(caller, (Q) request);
    }
  }

  /// Adds a rule. A second one about the same method is a programmer error.
  ///
  /// @param who completes "only … may", for those who may not
  public <Q> CallRules allow(Method<Q, ?> method, String who, Rule<Q> rule) {
    return add(method, who, rule);
  }

  /// Adds a rule that does not depend on the request.
  public CallRules allowTo(Method<?, ?> method, String who, Predicate<PeerName> rule) {
    return add(method, who, (Rule<Object>) (caller, _) -> rule.test(caller));
  }

  private CallRules add(Method<?, ?> method, String who, Rule<?> rule) {
    int number = method.number();
    if (number >= entries.length) {
      entries = Arrays.copyOf(entries, Math.max(number + 1, 2 * entries.length));
    }
    if (entries[number] != null) {
      throw new IllegalStateException("there is a rule about " + method.name() + " already");
    }
    entries[number] = new Entry<>(rule, who);
    return this;
  }

  /// Lets everybody with a certificate of the cluster make a call.
  public CallRules allowAll(Method<?, ?> method) {
    return allowTo(method, "members of the cluster", _ -> true);
  }

  @Override
  public void check(Caller caller, Method<?, ?> method, Object request) {
    if (!(caller instanceof PeerName peer)) {
      return;
    }
    int number = method.number();
    Entry<?> entry = number < entries.length ? entries[number] : null;
    if (entry == null) {
      throw new Refused(peer + " may not call " + method.name() + ": no rule is about it");
    }
    if (!entry.allows(peer, request)) {
      throw new Refused(peer + " may not call " + method.name() + ": only " + entry.who() + " may");
    }
  }
}

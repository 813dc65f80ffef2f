package io.kogluktualuk.computenode.vm.machine;

import io.kogluktualuk.computenode.vm.machine.MachineTrap.Reason;
import io.kogluktualuk.computenode.vm.module.Signature;
import org.jspecify.annotations.Nullable;

/// Calls that leave an instance: of its host, and of functions of other instances.
///
/// Plain functions of the host are called at once. For all else generated code first says whom it
/// means ([#callsInstance], [#callsHost], [#meet]), then calls [#callOutside] with all values in
/// two arrays.
///
/// **Threading:** the guest's thread.
public abstract class OutsideCalls extends FuelCell {

  private final HostCalls host;
  private final InstanceCode code;
  private final @Nullable FunctionRef[] linked;

  /// Who is called next; null for the import of the host with the index [#hostFunction].
  private @Nullable FunctionRef callee;

  private int hostFunction;

  OutsideCalls(InstanceParts parts) {
    super(parts.fuel());
    host = parts.host();
    code = parts.code();
    linked = parts.linked();
  }

  final InstanceCode code() {
    return code;
  }

  /// Calls the host, which must not run on fuel that is not there.
  public final long callHost(int function, long[] arguments) {
    charge(0);
    long result;
    try {
      result = host.call(function, arguments);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new HostFailure(e);
    }
    return result;
  }

  /// Whether an import is a function of another instance; then that is called next.
  public final boolean callsInstance(int function) {
    if (function >= linked.length) {
      return false;
    }
    callee = linked[function];
    return callee != null;
  }

  /// An import of the host is called next.
  public final void callsHost(int function) {
    callee = null;
    hostFunction = function;
  }

  /// A function of another instance, found in a table, is called next, when it is of the type.
  final void meet(FunctionRef found, int type) {
    Signature own = code.type(type);
    if (found.owner() == this || !found.owner().code().type(found.type()).equals(own)) {
      throw new MachineTrap(Reason.CALL_TYPE);
    }
    callee = found;
  }

  /// Calls who was said to be next.
  ///
  /// @param left the fuel of the caller, who finds what is left of it in the instance
  public final void callOutside(
      long[] numbers, @Nullable Object[] references, int depth, long left) {
    FunctionRef next = callee;
    callee = null;
    fuel = left;
    if (next == null) {
      callHost(numbers, references);
    } else {
      call(next, numbers, references, depth);
    }
  }

  private void callHost(long[] numbers, @Nullable Object[] references) {
    charge(0);
    try {
      host.call(hostFunction, numbers, references);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new HostFailure(e);
    }
  }

  /// The fuel goes along and comes back, however the call ends.
  private void call(FunctionRef next, long[] numbers, @Nullable Object[] references, int depth) {
    GuestInstance owner = next.owner();
    long left = fuel;
    fuel = 0;
    owner.fuel = left;
    try {
      owner.code().call(owner, next.index(), numbers, references, depth, left);
    } finally {
      fuel = owner.fuel;
      owner.fuel = 0;
    }
  }
}

package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.FabricException.Category;
import io.kogluktualuk.fabric.fault.NotFound;
import java.time.Duration;
import java.util.Optional;

/// What goes wrong.
public final class Failing {

  private Failing() {}

  /// By what can be done about it.
  public static Optional<byte[]> errors(Fabric fabric, Ref ref) {
    // @start region="errors"
    try {
      return Optional.of(fabric.bytes(ref, 1 << 20));
    } catch (NotFound e) {
      return Optional.empty(); // it is nowhere: make it again, if you can
    } catch (FabricException e) {
      if (e.category() == Category.RETRY) {
        return Optional.empty(); // later: it has been tried for a while
      }
      throw e; // it says what, which, expected and found
    }
    // @end
  }

  /// A change of which nobody knows.
  public static boolean change(Fabric fabric, Root before, Ref next) {
    // @start region="change"
    try {
      Fabric hurried = fabric.within(Duration.ofSeconds(5));
      hurried.roots().compareAndSet(before.name(), before.revision(), next);
      return true;
    } catch (Conflict e) {
      return false; // it was not made
    } catch (FabricException e) {
      Root now = fabric.roots().get(before.name()); // it may have been made: look
      return now != null && now.ref().equals(next);
    }
    // @end
  }
}

package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetRoot;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Counts roots up by compare-and-set. The count is the length of what the root names.
///
/// **Threading:** one thread.
final class RootWork implements Work {

  private static final int ROOTS = 3;

  private final ControlClient control;
  private final RequestIds requests;
  private final History history;
  private final String space;

  RootWork(ControlClient control, RequestIds requests, History history, String space) {
    this.control = control;
    this.requests = requests;
    this.history = history;
    this.space = space;
  }

  @Override
  public void once(RandomGenerator random) {
    RootName name = new RootName(space + "/counter-" + random.nextInt(ROOTS));
    String seen = get(name);
    if (seen != null) {
      String[] parts = seen.split(" ", 2);
      set(name, Long.parseLong(parts[0]), Long.parseLong(parts[1]) + 1);
    }
  }

  private @Nullable String get(RootName name) {
    return history.did(
        Step.Kind.GET_ROOT,
        name.text(),
        "",
        () -> {
          Root root = control.root(name);
          return root == null ? "0 0" : root.revision() + " " + root.ref().length();
        });
  }

  private void set(RootName name, long expected, long count) {
    Hash content = Hash.of((name + " " + count).getBytes(StandardCharsets.UTF_8));
    SetRoot ask = new SetRoot(requests.next(), name, expected, new Ref(Kind.BLOB, content, count));
    history.did(
        Step.Kind.SET_ROOT,
        name.text(),
        expected + " " + count,
        () -> Long.toString(control.setRoot(ask)));
  }

  void lookAll() {
    for (int number = 0; number < ROOTS; number++) {
      get(new RootName(space + "/counter-" + number));
    }
  }
}

package io.kogluktualuk.rdma.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.rdma.ibverbs.NativeDevices;
import io.kogluktualuk.rdma.ibverbs.RdmaDevice;
import io.kogluktualuk.rdma.provider.Selection.Wish;
import io.kogluktualuk.rdma.software.PathChoice;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is chosen on which machine, and the words for it.
class SelectionTest {

  private record Known(List<RdmaDevice> devices, @Nullable String openFailure)
      implements Selection.Machine {}

  private static RdmaDevice device(String name, String... states) {
    List<RdmaDevice.Port> ports =
        java.util.stream.IntStream.range(0, states.length)
            .mapToObj(
                i ->
                    new RdmaDevice.Port(
                        i + 1, states[i], "LinkUp", "Ethernet", 0, "", 0, 0, List.of()))
            .toList();
    return new RdmaDevice(name, "RoCE", "", "", ports, null);
  }

  @Test
  void anActiveDeviceAndTheLibraryMakeItNative() {
    Known machine = new Known(List.of(device("down0", "DOWN"), device("rxe0", "ACTIVE")), null);
    assertEquals(
        new Selection(VerbsProvider.NATIVE, "device rxe0 port 1 is ACTIVE", PathChoice.AUTO),
        Selection.make(Wish.AUTO, machine));
    assertEquals(VerbsProvider.NATIVE, Selection.make(Wish.NATIVE, machine).provider());
  }

  @Test
  void whatIsMissingIsSaid() {
    Known none = new Known(List.of(), null);
    Known down = new Known(List.of(device("mlx5_0", "DOWN", "INIT")), null);
    Known noLibrary = new Known(List.of(device("rxe0", "ACTIVE")), "there is no library");
    assertReason(none, "no RDMA device in /sys/class/infiniband");
    assertReason(
        down, "no RDMA device has an ACTIVE port: mlx5_0 port 1 is DOWN, mlx5_0 port 2 is INIT");
    assertReason(noLibrary, "there is no library");
  }

  private static void assertReason(Known machine, String reason) {
    Selection chosen = Selection.make(Wish.AUTO, machine);
    assertEquals(VerbsProvider.SOFTWARE, chosen.provider());
    assertEquals(PathChoice.AUTO, chosen.paths());
    assertEquals("shared memory, or TCP to other hosts: " + reason, chosen.reason());
    Unavailable refusal =
        assertThrows(Unavailable.class, () -> Selection.make(Wish.NATIVE, machine));
    assertEquals(
        "the native provider was asked for and cannot be had: " + reason, refusal.getMessage());
  }

  @Test
  void dataPathsCanBeForcedWhateverDevicesThereAre() {
    Known machine = new Known(List.of(device("rxe0", "ACTIVE")), null);
    assertEquals(PathChoice.SHARED, Selection.make(Wish.SHARED, machine).paths());
    assertEquals(PathChoice.TCP, Selection.make(Wish.TCP, machine).paths());
    assertEquals(VerbsProvider.SOFTWARE, Selection.make(Wish.TCP, machine).provider());
  }

  @Test
  void wishesAreCheckedWordForWord() {
    assertEquals(Wish.AUTO, Selection.wish(""));
    assertEquals(Wish.NATIVE, Selection.wish("native"));
    InvalidArgument refusal =
        assertThrows(InvalidArgument.class, () -> Selection.wish("infiniband"));
    assertTrue(
        Objects.requireNonNull(refusal.getMessage()).contains("auto, native, shared or tcp"));
  }

  /// A process that asks for the native provider.
  public static final class Child {
    public static void main(String[] args) {
      System.setProperty(Selection.PROPERTY, "native");
      try {
        System.out.println(Verbs.install());
      } catch (Unavailable e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  @Test
  void onAHostWithoutDevicesAskingForTheNativeProviderIsRefused() throws IOException {
    assumeTrue(NativeDevices.list().isEmpty(), "this host has RDMA devices");
    try (ChildJvm child = ChildJvm.start(Child.class)) {
      assertEquals(
          "refused: the native provider was asked for and cannot be had: no RDMA device in"
              + " /sys/class/infiniband",
          child.line());
    }
  }
}

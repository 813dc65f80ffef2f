package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

class BindAddressTest {

  @Test
  void anAddressOfThisHostIsItself() throws SocketException {
    assertEquals("127.0.0.1", BindAddress.parse("127.0.0.1"));
    assertEquals("127.0.0.1", BindAddress.parse("localhost"));
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .map(InetAddress::getHostAddress)
        .forEach(address -> assertEquals(address, BindAddress.parse(address)));
  }

  /// 203.0.113.0/24 is set aside for examples; `.invalid` is never resolved.
  @Test
  void whatIsNoAddressOfThisHostIsNamed() {
    for (String wrong : new String[] {"203.0.113.9", "0.0.0.0", "::", "", "no-such-host.invalid"}) {
      String message =
          String.valueOf(
              assertThrows(InvalidArgument.class, () -> BindAddress.parse(wrong), wrong)
                  .getMessage());
      assertTrue(message.contains("'" + wrong + "'"), message);
    }
    String message =
        String.valueOf(
            assertThrows(InvalidArgument.class, () -> BindAddress.parse("203.0.113.9"))
                .getMessage());
    assertTrue(message.contains("127.0.0.1"), message);
  }
}

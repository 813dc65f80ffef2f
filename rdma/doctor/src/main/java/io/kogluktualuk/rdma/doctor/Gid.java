package io.kogluktualuk.rdma.doctor;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One entry of a port's table of addresses.
///
/// @param text eight groups of four hexadecimal digits
/// @param type as the kernel says: `IB/RoCE v1`, `RoCE v2`
/// @param netDevice to which it belongs; null on InfiniBand
record Gid(String index, String text, String type, @Nullable String netDevice) {

  private static final Pattern IPV4 =
      Pattern.compile("0000:0000:0000:0000:0000:ffff:[0-9a-f]{4}:[0-9a-f]{4}");

  boolean isRoutable() {
    return type.equals("RoCE v2");
  }

  boolean isLinkLocal() {
    return text.toLowerCase(Locale.ROOT).startsWith("fe80:");
  }

  /// The IP address it stands for: IPv4 in dots, else as it is.
  String address() {
    String lower = text.toLowerCase(Locale.ROOT);
    if (!IPV4.matcher(lower).matches()) {
      return lower;
    }
    int high = Integer.parseInt(lower.substring(30, 34), 16);
    int low = Integer.parseInt(lower.substring(35, 39), 16);
    return (high >> 8) + "." + (high & 0xFF) + "." + (low >> 8) + "." + (low & 0xFF);
  }

  boolean isIpv4() {
    return IPV4.matcher(text.toLowerCase(Locale.ROOT)).matches();
  }
}

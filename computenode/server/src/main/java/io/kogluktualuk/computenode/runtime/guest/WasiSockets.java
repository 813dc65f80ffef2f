package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.vm.run.HostFunction;
import io.kogluktualuk.computenode.vm.run.HostImports;

/// WASI calls on sockets: there are none. What is open is no socket (NOTSOCK), and none can be
/// opened (NOTSUP).
///
/// **Threading:** stateless.
final class WasiSockets {

  private WasiSockets() {}

  static void addTo(HostImports.Builder<GuestProcess> imports, SocketDialect dialect) {
    for (Edition edition : Edition.values()) {
      imports
          .function(edition.module(), "sock_recv", "iiiiii>i", onDescriptor())
          .function(edition.module(), "sock_send", "iiiii>i", onDescriptor())
          .function(edition.module(), "sock_shutdown", "ii>i", onDescriptor());
    }
    String module = Edition.PREVIEW_1.module();
    switch (dialect) {
      case PREVIEW_1 -> imports.function(module, "sock_accept", "iii>i", onDescriptor());
      case WASMEDGE ->
          imports
              .function(module, "sock_accept", "ii>i", onDescriptor())
              .function(module, "sock_open", "iii>i", refusal())
              .function(module, "sock_getaddrinfo", "iiiiiiii>i", refusal())
              .function(module, "sock_bind", "iii>i", onDescriptor())
              .function(module, "sock_connect", "iii>i", onDescriptor())
              .function(module, "sock_listen", "ii>i", onDescriptor())
              .function(module, "sock_setsockopt", "iiiii>i", onDescriptor())
              .function(module, "sock_getlocaladdr", "iiii>i", onDescriptor())
              .function(module, "sock_getpeeraddr", "iiii>i", onDescriptor());
    }
  }

  private static HostFunction<GuestProcess> onDescriptor() {
    return wasi(
        (process, _, a) -> {
          process.descriptors().get((int) a[0]);
          throw new FileError(Errno.NOTSOCK);
        });
  }

  private static HostFunction<GuestProcess> refusal() {
    return wasi(
        (_, _, _) -> {
          throw new FileError(Errno.NOTSUP);
        });
  }
}

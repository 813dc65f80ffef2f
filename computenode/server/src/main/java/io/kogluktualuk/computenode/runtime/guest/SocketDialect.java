package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.vm.module.ModuleShape;
import io.kogluktualuk.computenode.vm.module.Signature;
import java.util.List;

/// What a module means by `sock_accept` and its like: some runtimes have extended preview 1 before
/// it had sockets to accept from, under the same names.
public enum SocketDialect {
  /// As in preview 1.
  PREVIEW_1,
  /// As in WasmEdge, which QuickJS is often built for: `sock_open`, `sock_connect`, and an accept
  /// without flags.
  WASMEDGE;

  private static final Signature ACCEPT_WITHOUT_FLAGS = Signature.parse("ii>i");

  /// The dialect in which a module's imports are written.
  public static SocketDialect of(List<ModuleShape.Import> imports) {
    boolean extended =
        imports.stream()
            .filter(wanted -> wanted.module().equals(Edition.PREVIEW_1.module()))
            .anyMatch(SocketDialect::isExtended);
    return extended ? WASMEDGE : PREVIEW_1;
  }

  private static boolean isExtended(ModuleShape.Import wanted) {
    return wanted.name().equals("sock_open")
        || wanted.name().equals("sock_accept") && wanted.signature().equals(ACCEPT_WITHOUT_FLAGS);
  }
}

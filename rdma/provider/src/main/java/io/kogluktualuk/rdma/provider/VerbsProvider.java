package io.kogluktualuk.rdma.provider;

/// The providers of DiSNI's verbs.
public enum VerbsProvider {
  /// Shared memory between processes of one host; no native code, no adapter.
  SOFTWARE,
  /// DiSNI's own, over libibverbs and librdmacm.
  NATIVE
}

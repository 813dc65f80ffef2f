package io.kogluktualuk.rdma.provider;

/// The providers of DiSNI's verbs.
public enum VerbsProvider {
  /// Pure Java: shared memory between processes of one host, TCP between hosts; no adapter.
  SOFTWARE,
  /// An RDMA device, over libibverbs and librdmacm.
  NATIVE
}

package io.kogluktualuk.rdma.transport.memory;

/// What peers may do with a published region.
public enum RegionAccess {
  READ,
  WRITE,
  READ_WRITE
}

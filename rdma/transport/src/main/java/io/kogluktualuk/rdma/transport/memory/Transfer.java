package io.kogluktualuk.rdma.transport.memory;

/// One piece of a batch: which bytes of which remote region, and where they lie here.
public record Transfer(
    RemoteRegion region,
    long regionOffset,
    RegisteredBuffer buffer,
    long bufferOffset,
    int length) {}

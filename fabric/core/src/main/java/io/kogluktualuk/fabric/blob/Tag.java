package io.kogluktualuk.fabric.blob;

/// 128 bits that stand for exact bytes under a key: other bytes have the same with a probability
/// of at most 2^-63, unless they were chosen by somebody who knows the key.
public record Tag(long high, long low) {}

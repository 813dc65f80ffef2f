package io.kogluktualuk.memnode.reader;

/// What a [FabricBlobs] has done since it was opened.
///
/// @param reads one-sided reads
/// @param readBytes bytes they moved
/// @param writes one-sided writes
/// @param writtenBytes bytes they moved
/// @param locationHits blobs whose location was remembered
/// @param locationMisses blobs whose location had to be read from an index
/// @param tagHits re-reads verified by the tag of an earlier SHA-256
/// @param fullVerifications blobs verified by SHA-256
/// @param rejected reads whose bytes were not the blob's
/// @param underReplicated blobs put on fewer nodes than asked for, because the others were down or
///     full
/// @param promoted blobs that were spilled and brought back to be read
/// @param keptHits blobs that were still where an earlier read had put them
/// @param copiedBytes bytes of blobs copied from registered memory to the heap
/// @param vouched first reads verified by a voucher instead of SHA-256
/// @param wrongVouchers blobs that were what they are called, and not what somebody believed had
///     vouched for
public record ReadCounts(
    long reads,
    long readBytes,
    long writes,
    long writtenBytes,
    long locationHits,
    long locationMisses,
    long tagHits,
    long fullVerifications,
    long rejected,
    long underReplicated,
    long promoted,
    long keptHits,
    long copiedBytes,
    long vouched,
    long wrongVouchers) {}

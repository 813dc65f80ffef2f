package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Method;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// The control calls of a memory node. None of them carries payload, and none is needed to read.
public final class MemoryCalls {

  /// The most items one call may carry. A full batch in either direction is at most 22 KiB, so it
  /// fits [io.kogluktualuk.fabric.rpc.Channel#MESSAGE_BYTES_MAX] with room for the texts.
  public static final int ITEMS_MAX = 512;

  /// The most regions one node may have: with 1 GiB each, 1 TiB.
  public static final int REGIONS_MAX = 1024;

  /// The most tenants one node may have, the default one included.
  public static final int TENANTS_MAX = 16;

  /// The longest text of a failure in a response; longer ones are cut.
  static final int TEXT_BYTES_MAX = 1024;

  /// Which regions and index there are of a tenant, and where they can be read. This and all other
  /// calls that name a tenant fail with [io.kogluktualuk.fabric.fault.InvalidArgument] when the
  /// node has none of that name.
  public static final Method<DescribeRequest, NodeDescription> DESCRIBE =
      new Method<>(
          200,
          "memnode.describe",
          codec(DescribeRequest::write, DescribeRequest::read),
          codec(NodeDescription::write, NodeDescription::read),
          true);

  /// Asks for room. Asking twice takes room twice, until the windows that nobody seals expire.
  /// When all windows are lent the answer takes a moment, and is [Reservation.Later] if none came
  /// back.
  public static final Method<ReserveRequest, ReserveResponse> RESERVE =
      new Method<>(
          201,
          "memnode.reserve",
          codec(ReserveRequest::write, ReserveRequest::read),
          codec(ReserveResponse::write, ReserveResponse::read),
          true);

  /// Declares a window written. It is used up by that, so the call is not sent again by itself.
  public static final Method<SealRequest, SealResponse> SEAL =
      new Method<>(
          202,
          "memnode.seal",
          codec(SealRequest::write, SealRequest::read),
          codec(SealResponse::write, SealResponse::read),
          false);

  /// Where blobs lie, asked of the node itself instead of read from its index.
  public static final Method<LocateRequest, LocateResponse> LOCATE =
      new Method<>(
          203,
          "memnode.locate",
          codec(LocateRequest::write, LocateRequest::read),
          codec(LocateResponse::write, LocateResponse::read),
          true);

  /// How full the node is, all tenants together and each.
  public static final Method<StatusRequest, MemoryStatus> STATUS =
      new Method<>(
          204,
          "memnode.status",
          codec(StatusRequest::write, StatusRequest::read),
          codec(MemoryStatus::write, MemoryStatus::read),
          true);

  /// Which blobs have a hash that begins so. Looks at the whole index: some milliseconds.
  public static final Method<ResolveRequest, ResolveResponse> RESOLVE =
      new Method<>(
          205,
          "memnode.resolve",
          codec(ResolveRequest::write, ResolveRequest::read),
          codec(ResolveResponse::write, ResolveResponse::read),
          true);

  /// Lends a window that stands: its key stays the session's until its lifetime is over.
  public static final Method<StandRequest, StandResponse> STAND =
      new Method<>(
          220,
          "memnode.stand",
          codec(StandRequest::write, StandRequest::read),
          codec(StandResponse::write, StandResponse::read),
          true);

  /// Reserves and seals blobs that lie in a standing window already. What it cannot take at once
  /// it refuses, without waiting: then [#RESERVE] is the way. Harmless to repeat while the bytes
  /// stay.
  public static final Method<PutRequest, SealResponse> PUT =
      new Method<>(
          221,
          "memnode.put",
          codec(PutRequest::write, PutRequest::read),
          codec(SealResponse::write, SealResponse::read),
          true);

  /// Holds blobs under a lease, and lets all holds under it last longer; waits for credits.
  public static final Method<HoldRequest, AbsentResponse> HOLD =
      new Method<>(
          206,
          "memnode.hold",
          codec(HoldRequest::write, HoldRequest::read),
          codec(AbsentResponse::write, AbsentResponse::read),
          true);

  /// Ends holds under a lease. Answers how many it ended.
  public static final Method<ReleaseRequest, Affected> RELEASE =
      new Method<>(
          207,
          "memnode.release",
          codec(ReleaseRequest::write, ReleaseRequest::read),
          codec(Affected::write, Affected::read),
          true);

  /// Tells what has been read. Answers how many of them are here.
  public static final Method<TouchRequest, Affected> TOUCH =
      new Method<>(
          208,
          "memnode.touch",
          codec(TouchRequest::write, TouchRequest::read),
          codec(Affected::write, Affected::read),
          true);

  /// Stamps what roots reach; waits for credits.
  public static final Method<PinRequest, AbsentResponse> PIN =
      new Method<>(
          209,
          "memnode.pin",
          codec(PinRequest::write, PinRequest::read),
          codec(AbsentResponse::write, AbsentResponse::read),
          true);

  /// One page of a collection, or of what it would do.
  public static final Method<CollectRequest, CollectPage> COLLECT =
      new Method<>(
          210,
          "memnode.collect",
          codec(CollectRequest::write, CollectRequest::read),
          codec(CollectPage::write, CollectPage::read),
          true);

  /// The accounts that have space credits here.
  public static final Method<StatusRequest, CreditsStatus> CREDITS =
      new Method<>(
          211,
          "memnode.credits",
          codec(StatusRequest::write, StatusRequest::read),
          codec(CreditsStatus::write, CreditsStatus::read),
          true);

  /// Everything acknowledged until now survives the stop of the machine when this is answered.
  public static final Method<SyncRequest, SyncResponse> SYNC =
      new Method<>(
          230,
          "memnode.sync",
          codec(SyncRequest::write, SyncRequest::read),
          codec(SyncResponse::write, SyncResponse::read),
          true);

  /// Brings spilled blobs back to memory, and answers where blobs lie, as [#LOCATE] does. What is
  /// still spilled in the answer had no room, or was too much for one call; what is not in it is
  /// not here, or its bytes were damaged and it has just been dropped.
  public static final Method<LocateRequest, LocateResponse> PROMOTE =
      new Method<>(
          231,
          "memnode.promote",
          codec(LocateRequest::write, LocateRequest::read),
          codec(LocateResponse::write, LocateResponse::read),
          true);

  /// What the node has done so that each blob is where it belongs, and whether it may leave.
  public static final Method<StatusRequest, RepairStatus> REPAIR =
      new Method<>(
          222,
          "memnode.repair",
          codec(StatusRequest::write, StatusRequest::read),
          codec(RepairStatus::write, RepairStatus::read),
          true);

  /// Tells that a put brought blobs to fewer nodes than it should have. The node, which has them,
  /// looks after them soon, and not only when members change. Answers how many it was told.
  public static final Method<LocateRequest, Affected> SCARCE =
      new Method<>(
          232,
          "memnode.scarce",
          codec(LocateRequest::write, LocateRequest::read),
          codec(Affected::write, Affected::read),
          true);

  private MemoryCalls() {}

  private static <T> Codec<T> codec(
      BiConsumer<T, CanonicalWriter> write, Function<CanonicalReader, T> read) {
    return new Codec<>() {
      @Override
      public void write(T message, CanonicalWriter writer) {
        write.accept(message, writer);
      }

      @Override
      public T read(CanonicalReader reader) {
        return read.apply(reader);
      }
    };
  }
}

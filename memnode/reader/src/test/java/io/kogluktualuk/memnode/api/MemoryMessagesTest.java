package io.kogluktualuk.memnode.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MemoryMessagesTest {

  /// One kind of message, and how to make random ones.
  private record Kind<T>(String name, Codec<T> codec, Maker<T> maker) {

    private interface Maker<T> {
      T make(RandomGenerator random, int items);
    }

    byte[] encode(T message) {
      CanonicalWriter writer = new CanonicalWriter(Channel.MESSAGE_BYTES_MAX);
      codec.write(message, writer);
      return writer.toBytes();
    }

    T decode(byte[] bytes) {
      CanonicalReader reader = new CanonicalReader(name, bytes);
      T message = codec.read(reader);
      reader.end();
      return message;
    }

    void roundTrip(RandomGenerator random, int items) {
      T message = maker.make(random, items);
      byte[] bytes = encode(message);
      T decoded = decode(bytes);
      assertEquals(message, decoded, name);
      assertEquals(HexFormat.of().formatHex(bytes), HexFormat.of().formatHex(encode(decoded)));
    }

    void fuzz(RandomGenerator random) {
      byte[] bytes =
          random.nextInt(5) == 0
              ? Mutations.randomBytes(random.nextInt(200), random)
              : Mutations.mutate(encode(maker.make(random, random.nextInt(6))), random);
      try {
        T decoded = decode(bytes);
        assertEquals(
            HexFormat.of().formatHex(bytes), HexFormat.of().formatHex(encode(decoded)), name);
      } catch (MalformedEncoding e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith(name), e.getMessage());
      }
    }
  }

  private static final List<Kind<?>> KINDS =
      List.of(
          new Kind<>(
              "describe",
              MemoryCalls.DESCRIBE.request(),
              (random, _) -> new DescribeRequest(tenant(random))),
          new Kind<>(
              "description", MemoryCalls.DESCRIBE.response(), MemoryMessagesTest::description),
          new Kind<>("reserve", MemoryCalls.RESERVE.request(), MemoryMessagesTest::reserve),
          new Kind<>("reserved", MemoryCalls.RESERVE.response(), MemoryMessagesTest::reserved),
          new Kind<>("seal", MemoryCalls.SEAL.request(), MemoryMessagesTest::seal),
          new Kind<>("sealed", MemoryCalls.SEAL.response(), MemoryMessagesTest::sealed),
          new Kind<>(
              "stand",
              MemoryCalls.STAND.request(),
              (random, _) -> new StandRequest(tenant(random), SessionId.random(random))),
          new Kind<>(
              "stands",
              MemoryCalls.STAND.response(),
              (random, items) -> {
                ReserveResponse reserved = reserved(random, items);
                return new StandResponse(reserved.lifetime(), reserved.window());
              }),
          new Kind<>(
              "put",
              MemoryCalls.PUT.request(),
              (random, items) ->
                  new PutRequest(
                      random.nextLong(Long.MAX_VALUE),
                      random.nextInt(WriteWindow.BYTES_MAX + 1),
                      reserve(random, items))),
          new Kind<>(
              "sync", MemoryCalls.SYNC.request(), (random, _) -> new SyncRequest(tenant(random))),
          new Kind<>(
              "locate",
              MemoryCalls.LOCATE.request(),
              (random, items) ->
                  new LocateRequest(tenant(random), list(items, () -> hash(random)))),
          new Kind<>("located", MemoryCalls.LOCATE.response(), MemoryMessagesTest::located),
          new Kind<>("promoted", MemoryCalls.PROMOTE.response(), MemoryMessagesTest::located),
          new Kind<>(
              "resolve",
              MemoryCalls.RESOLVE.request(),
              (random, _) ->
                  new ResolveRequest(
                      tenant(random), hash(random).toHex().substring(0, random.nextInt(8, 65)))),
          new Kind<>(
              "resolved",
              MemoryCalls.RESOLVE.response(),
              (random, items) ->
                  new ResolveResponse(
                      list(Math.min(items, ResolveResponse.HASHES_MAX), () -> hash(random)))),
          new Kind<>(
              "hold",
              MemoryCalls.HOLD.request(),
              (random, items) ->
                  new HoldRequest(
                      tenant(random),
                      lease(random),
                      space(random),
                      list(items, () -> hash(random)))),
          new Kind<>("held", MemoryCalls.HOLD.response(), MemoryMessagesTest::absent),
          new Kind<>(
              "release",
              MemoryCalls.RELEASE.request(),
              (random, items) ->
                  new ReleaseRequest(
                      tenant(random),
                      proof(random),
                      random.nextLong(Long.MAX_VALUE),
                      random.nextBoolean(),
                      list(items, () -> hash(random)))),
          new Kind<>(
              "released",
              MemoryCalls.RELEASE.response(),
              (random, _) -> new Affected(random.nextInt(Integer.MAX_VALUE))),
          new Kind<>(
              "touch",
              MemoryCalls.TOUCH.request(),
              (random, items) -> new TouchRequest(tenant(random), list(items, () -> hash(random)))),
          new Kind<>(
              "pin",
              MemoryCalls.PIN.request(),
              (random, items) ->
                  new PinRequest(
                      tenant(random),
                      Integer.toUnsignedLong(random.nextInt()),
                      space(random),
                      list(items, () -> hash(random)))),
          new Kind<>("pinned", MemoryCalls.PIN.response(), MemoryMessagesTest::absent),
          new Kind<>(
              "collect",
              MemoryCalls.COLLECT.request(),
              (random, _) ->
                  new CollectRequest(
                      tenant(random),
                      Integer.toUnsignedLong(random.nextInt()),
                      Duration.ofSeconds(random.nextInt(100_000)),
                      CollectStep.values()[random.nextInt(CollectStep.values().length)],
                      random.nextLong(1L << 40))),
          new Kind<>("collected", MemoryCalls.COLLECT.response(), MemoryMessagesTest::collected),
          new Kind<>("credits", MemoryCalls.CREDITS.request(), (_, _) -> new StatusRequest()),
          new Kind<>("accounts", MemoryCalls.CREDITS.response(), MemoryMessagesTest::credits),
          new Kind<>(
              "repair",
              MemoryCalls.REPAIR.response(),
              (random, _) -> {
                long[] n = random.longs(9, 0, Long.MAX_VALUE).toArray();
                return new RepairStatus(
                    n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], random.nextBoolean());
              }),
          new Kind<>("status", MemoryCalls.STATUS.request(), (_, _) -> new StatusRequest()),
          new Kind<>("state", MemoryCalls.STATUS.response(), MemoryMessagesTest::status));

  private static <T> List<T> list(int count, Supplier<T> next) {
    List<T> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(next.get());
    }
    return list;
  }

  private static Hash hash(RandomGenerator random) {
    return Hash.ofBytes(Mutations.randomBytes(32, random));
  }

  private static Tenant tenant(RandomGenerator random) {
    return new Tenant("tenant-" + random.nextInt(Integer.MAX_VALUE));
  }

  private static BlobLocation location(RandomGenerator random) {
    int length = random.nextInt(Blob.LENGTH_MAX + 1);
    long offset = random.nextLong((1L << 30) - length + 1);
    return random.nextInt(8) == 0
        ? BlobLocation.spilled(length)
        : new BlobLocation(random.nextInt(MemoryCalls.REGIONS_MAX), offset, length);
  }

  private static RemoteRegion region(RandomGenerator random) {
    return new RemoteRegion(random.nextLong(), random.nextLong(1L << 40), random.nextInt());
  }

  private static NodeDescription description(RandomGenerator random, int items) {
    long homes = random.nextLong(1, 1000);
    RemoteRegion index =
        new RemoteRegion(random.nextLong(), IndexLayout.indexBytes(homes), random.nextInt());
    return new NodeDescription(
        "ab".repeat(16),
        "10.0.0." + random.nextInt(256),
        random.nextInt(0x10000),
        list(random.nextInt(1, 5), () -> index),
        homes,
        list(items, () -> region(random)));
  }

  private static ReserveRequest reserve(RandomGenerator random, int items) {
    return new ReserveRequest(
        tenant(random),
        SessionId.random(random),
        space(random),
        random.nextBoolean() ? lease(random) : null,
        random.nextBoolean() ? new CopyAge(random.nextInt(9), random.nextInt(1 << 30)) : null,
        list(
            items,
            () ->
                new ReserveRequest.Item(
                    hash(random), random.nextInt(Blob.LENGTH_MAX + 1), retention(random))));
  }

  private static Retention retention(RandomGenerator random) {
    return random.nextBoolean()
        ? Retention.SOURCE
        : new Retention.Derived(random.nextLong(Retention.Derived.COST_MICROS_MAX + 1));
  }

  private static SpaceTerms space(RandomGenerator random) {
    Account account = new Account("a".repeat(random.nextInt(1, Account.NAME_LENGTH_MAX + 1)));
    return new SpaceTerms(account, Duration.ofMillis(random.nextInt(600_001)));
  }

  private static LeaseProof proof(RandomGenerator random) {
    return new LeaseProof(LeaseId.of(random), random.nextLong(1, Long.MAX_VALUE));
  }

  private static LeaseTerms lease(RandomGenerator random) {
    return new LeaseTerms(
        proof(random),
        Duration.ofMillis(random.nextInt(1, 300_001)),
        random.nextLong(Long.MAX_VALUE));
  }

  private static AbsentResponse absent(RandomGenerator random, int items) {
    SortedSet<Integer> absent = new TreeSet<>();
    list(items, () -> absent.add(random.nextInt(MemoryCalls.ITEMS_MAX)));
    return new AbsentResponse(absent);
  }

  private static Fate fate(RandomGenerator random) {
    return Fate.values()[random.nextInt(Fate.values().length)];
  }

  private static CollectPage collected(RandomGenerator random, int items) {
    return new CollectPage(
        list(
            Math.min(items, Fate.values().length),
            () -> new CollectPage.Total(fate(random), items, random.nextLong(1L << 50))),
        list(
            Math.min(items, CollectPage.ENTRIES_MAX),
            () ->
                new CollectPage.Entry(
                    hash(random),
                    random.nextInt(Blob.LENGTH_MAX + 1),
                    fate(random),
                    random.nextLong(1L << 31),
                    Integer.toUnsignedLong(random.nextInt()),
                    random.nextInt(1 << 20),
                    random.nextLong(Long.MAX_VALUE))),
        random.nextLong(1L << 40));
  }

  private static CreditsStatus credits(RandomGenerator random, int items) {
    return new CreditsStatus(
        list(
            Math.min(items, CreditsStatus.ACCOUNTS_MAX),
            () ->
                new CreditsStatus.Row(
                    space(random).account(),
                    random.nextLong(1L << 62),
                    random.nextLong(1L << 62),
                    random.nextInt(1 << 16),
                    random.nextLong(1L << 62))));
  }

  private static ReserveResponse reserved(RandomGenerator random, int items) {
    RemoteRegion region =
        new RemoteRegion(
            random.nextLong(), random.nextInt(WriteWindow.BYTES_MAX + 1), random.nextInt());
    return new ReserveResponse(
        Duration.ofMillis(random.nextInt(100_000)),
        random.nextInt(3) == 0 ? null : new WriteWindow(random.nextLong(Long.MAX_VALUE), region),
        list(items, () -> reservation(random)),
        "because " + random.nextInt());
  }

  private static Reservation reservation(RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Reservation.Present(location(random));
      case 1 -> new Reservation.Granted();
      case 2 -> new Reservation.Later();
      default -> new Reservation.Refusal(random.nextInt(256));
    };
  }

  private static SealRequest seal(RandomGenerator random, int items) {
    return new SealRequest(
        tenant(random),
        SessionId.random(random),
        random.nextLong(Long.MAX_VALUE - items),
        random.nextBoolean());
  }

  private static SealResponse sealed(RandomGenerator random, int items) {
    return new SealResponse(
        list(
            items,
            () ->
                random.nextBoolean()
                    ? new SealResult.Sealed(location(random))
                    : new SealResult.Failed(random.nextInt(256))),
        "");
  }

  private static LocateResponse located(RandomGenerator random, int items) {
    SortedMap<Integer, BlobLocation> found = new TreeMap<>();
    list(items, () -> found.put(random.nextInt(MemoryCalls.ITEMS_MAX), location(random)));
    return new LocateResponse(found);
  }

  private static MemoryStatus status(RandomGenerator random, int items) {
    long n = random.nextLong(Long.MAX_VALUE);
    return new MemoryStatus(
        "cd".repeat(16),
        "memory-" + items,
        n,
        n / 2,
        n / 3,
        4,
        5,
        6,
        7,
        n / 8,
        9,
        items,
        n / 9,
        items,
        11,
        n / 12,
        13,
        items,
        n / 15,
        16,
        new MemoryStatus.TierUse("pages " + items, n, n / 2, n / 3, items),
        list(
            Math.min(items, MemoryCalls.TENANTS_MAX),
            () -> new MemoryStatus.TenantUse(tenant(random), n / 2, n / 3, n / 4)));
  }

  @Test
  void everyMessageComesBack() {
    Seeds.run(
        MemoryMessagesTest.class,
        100,
        random -> KINDS.forEach(kind -> kind.roundTrip(random, random.nextInt(20))));
  }

  @Test
  void fullBatchesFitIntoAMessage() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    KINDS.forEach(kind -> kind.roundTrip(random, MemoryCalls.ITEMS_MAX));
  }

  @Test
  void damagedMessagesAreRefusedAndNothingElse() {
    Seeds.run(
        MemoryMessagesTest.class,
        100,
        random -> {
          for (int i = 0; i < 50; i++) {
            KINDS.forEach(kind -> kind.fuzz(random));
          }
        });
  }

  @Test
  void batchesAreBounded() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    List<Hash> tooMany = list(MemoryCalls.ITEMS_MAX + 1, () -> hash(random));
    assertThrows(IllegalArgumentException.class, () -> new LocateRequest(Tenant.DEFAULT, tooMany));
  }

  @Test
  void tenantsHavePlainNames() {
    for (String name : List.of("a", "default", "team-7", "x".repeat(32))) {
      assertEquals(name, new Tenant(name).toString());
    }
    for (String name : List.of("", "A", "a b", "../a", "ä", "x".repeat(33))) {
      InvalidArgument failure = assertThrows(InvalidArgument.class, () -> new Tenant(name));
      assertTrue(String.valueOf(failure.getMessage()).contains("'" + name + "'"));
    }
  }

  @Test
  void longTextsAreCutBetweenCharacters() {
    SealResponse response = new SealResponse(List.of(), "😀".repeat(5000));
    assertTrue(response.failure().length() > 100);
    assertEquals(0, response.failure().replace("😀", "").length());
  }
}

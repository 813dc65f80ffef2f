package io.kogluktualuk.computenode.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MessagesTest {

  private record Case<T>(Codec<T> codec, Function<RandomGenerator, T> generator) {

    void roundTrip(RandomGenerator random) {
      T message = generator.apply(random);
      byte[] encoding = encode(codec, message);
      assertTrue(encoding.length <= Channel.MESSAGE_BYTES_MAX, "one message");
      assertEquals(message, decode(codec, encoding));
    }

    /// Whatever the damage: a message with that very encoding, or a complaint about the bytes.
    void survivesDamage(RandomGenerator random) {
      byte[] damaged = Mutations.mutate(encode(codec, generator.apply(random)), random);
      try {
        T decoded = decode(codec, damaged);
        assertEquals(decoded, decode(codec, encode(codec, decoded)));
      } catch (MalformedEncoding expected) {
        assertTrue(expected.toString().contains("at byte"), expected.toString());
      }
    }
  }

  private static final List<Case<?>> CASES =
      List.of(
          new Case<>(
              RunRequest.CODEC,
              r -> new RunRequest(hash(r), RunId.random(r), time(r), r.nextBoolean())),
          new Case<>(
              RunReport.CODEC,
              r ->
                  new RunReport(
                      hash(r), outcome(r), disposition(r), counters(r), disposed(r, 200))),
          new Case<>(
              ExecuteRequest.CODEC,
              r ->
                  new ExecuteRequest(
                      hash(r), RunId.random(r), r.nextInt(257), hashes(r, 256), time(r))),
          new Case<>(
              ExecuteReply.CODEC,
              r ->
                  new ExecuteReply(
                      outcome(r),
                      disposition(r),
                      hashes(r, 512),
                      r.nextBoolean() ? outcome(r).output() : null)),
          new Case<>(WaitNews.CODEC, r -> new WaitNews(RunId.random(r), waits(r, 480))),
          new Case<>(
              ProgressRequest.CODEC, r -> new ProgressRequest(RunId.random(r), r.nextBoolean())),
          new Case<>(
              Progress.CODEC,
              r ->
                  new Progress(
                      r.nextBoolean(),
                      r.nextBoolean(),
                      counters(r),
                      List.of("/bin/sort /tmp/xaa", "/bin/ümläut 🜁"),
                      disposed(r, 200))),
          new Case<>(
              HealRequest.CODEC,
              r -> new HealRequest(outcome(r).output(), RunId.random(r), time(r))),
          new Case<>(HandedOver.CODEC, r -> new HandedOver(RunId.random(r), hash(r))),
          new Case<>(HealReply.CODEC, r -> new HealReply(r.nextLong(1L << 40))),
          new Case<>(CancelReply.CODEC, r -> new CancelReply(r.nextBoolean())),
          new Case<>(
              ComputeStatus.CODEC,
              r -> new ComputeStatus("c1", 2, 1, 0, number(r), 1, 9, number(r), 0, 5, 6, 7)));

  @Test
  void everyMessageComesBackAndFits() {
    Seeds.run(MessagesTest.class, 100, r -> CASES.forEach(one -> one.roundTrip(r)));
  }

  @Test
  void damagedMessagesAreRefused() {
    Seeds.run(MessagesTest.class, 1000, r -> CASES.forEach(one -> one.survivesDamage(r)));
  }

  @Test
  void randomBytesAreRefused() {
    Seeds.run(
        MessagesTest.class,
        300,
        r -> {
          byte[] bytes = Mutations.randomBytes(r.nextInt(200), r);
          for (Case<?> one : CASES) {
            try {
              decode(one.codec, bytes);
            } catch (MalformedEncoding expected) {
              assertTrue(expected.toString().contains("at byte"), expected.toString());
            }
          }
        });
  }

  @Test
  void theLongestReportFitsOneMessage() {
    List<Disposed> disposed = new ArrayList<>();
    for (int i = 0; i < Progress.DISPOSED_MAX; i++) {
      disposed.add(
          new Disposed(
              Hash.of(new byte[] {(byte) i}),
              Disposition.RUN,
              new Ending.Exited(200),
              "€".repeat(200)));
    }
    RunCounters most =
        new RunCounters(
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE);
    List<String> programs = disposed.stream().map(Disposed::program).toList();
    Progress progress = new Progress(true, true, most, programs, disposed);
    assertTrue(encode(Progress.CODEC, progress).length <= Channel.MESSAGE_BYTES_MAX);
  }

  @Test
  void programsAreCutAtCharacters() {
    assertEquals("€".repeat(21), Disposed.abridge("€".repeat(100)));
    String cut = Disposed.abridge("a" + "🜁".repeat(100));
    assertEquals("a" + "🜁".repeat(15), cut);
    assertEquals(cut, new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  @Test
  void runIdsHaveATextForm() {
    RunId id = new RunId(0x0123456789abcdefL, -2);
    assertEquals("0123456789abcdeffffffffffffffffe", id.toString());
    assertEquals(id, RunId.parse(id.toString()));
    assertThrows(InvalidArgument.class, () -> RunId.parse("12"));
    assertThrows(InvalidArgument.class, () -> RunId.parse("z".repeat(32)));
  }

  @Test
  void timesAreBounded() {
    RunId id = new RunId(1, 2);
    Hash key = Hash.of(new byte[0]);
    assertEquals(Duration.ZERO, RunRequest.of(key, id, Duration.ofSeconds(-1)).timeout());
    assertEquals(
        Duration.ofDays(365), RunRequest.of(key, id, Duration.ofSeconds(Long.MAX_VALUE)).timeout());
  }

  private static <T> byte[] encode(Codec<T> codec, T message) {
    CanonicalWriter writer = new CanonicalWriter();
    codec.write(message, writer);
    return writer.toBytes();
  }

  private static <T> T decode(Codec<T> codec, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("message", encoding);
    T message = codec.read(reader);
    reader.end();
    return message;
  }

  private static Hash hash(RandomGenerator random) {
    return Hash.ofBytes(Mutations.randomBytes(Hash.BYTES, random));
  }

  private static List<WaitNews.Wait> waits(RandomGenerator r, int max) {
    return hashes(r, max).stream().map(each -> new WaitNews.Wait(each, hash(r))).toList();
  }

  private static List<Hash> hashes(RandomGenerator random, int max) {
    List<Hash> hashes = new ArrayList<>();
    for (int i = random.nextInt(max + 1); i > 0; i--) {
      hashes.add(hash(random));
    }
    return hashes;
  }

  private static Duration time(RandomGenerator random) {
    return Duration.ofMillis(random.nextLong(Duration.ofDays(365).toMillis()));
  }

  private static long number(RandomGenerator random) {
    return random.nextLong() >>> random.nextInt(1, 64);
  }

  private static Disposition disposition(RandomGenerator random) {
    return random.nextBoolean() ? Disposition.RUN : Disposition.HIT;
  }

  private static Ending ending(RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Ending.Exited(random.nextInt(256));
      case 1 -> new Ending.Trapped(Trap.values()[random.nextInt(Trap.values().length)]);
      default -> new Ending.Invalid();
    };
  }

  private static Outcome outcome(RandomGenerator random) {
    return new Outcome(ending(random), number(random), blob(random), blob(random), blob(random));
  }

  private static Ref blob(RandomGenerator random) {
    return new Ref(Kind.BLOB, hash(random), random.nextInt(1 << 22));
  }

  private static RunCounters counters(RandomGenerator r) {
    return new RunCounters(
        number(r), number(r), number(r), number(r), number(r), number(r), number(r), number(r),
        number(r), number(r), number(r));
  }

  private static List<Disposed> disposed(RandomGenerator random, int max) {
    List<Disposed> disposed = new ArrayList<>();
    for (int i = random.nextInt(max + 1); i > 0; i--) {
      disposed.add(new Disposed(hash(random), disposition(random), ending(random), "/bin/x " + i));
    }
    return disposed;
  }
}

package io.kogluktualuk.controlplane.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Every message of every call comes back as it went, fits into a message, and nothing but that
/// encoding is accepted for it.
final class ControlMessagesFuzz {

  private static final int SEEDS = 100;
  private static final int MUTATIONS = 20;

  private final Map<Integer, String> methods = new TreeMap<>();

  @Test
  void everyMessageHasOneEncoding() {
    Seeds.run(ControlMessagesFuzz.class, SEEDS, random -> checkAll(new Samples(random), random));
    assertEquals(
        List.of(100, 101, 102, 103, 110, 111, 112, 113, 114, 190), List.copyOf(methods.keySet()));
  }

  private void checkAll(Samples samples, RandomGenerator random) {
    check(
        ControlMethods.REGISTER,
        samples.memberInfo(),
        new Members(random.nextInt(9), samples.list(1, samples::member), false),
        random);
    check(
        ControlMethods.HEARTBEAT,
        new Heartbeat(samples.nodeId(), samples.load()),
        new Nothing(),
        random);
    check(
        ControlMethods.MEMBERS,
        new Maybe<>(random.nextBoolean() ? null : samples.nodeId()),
        new Members(
            random.nextInt(9),
            samples.list(Members.PAGE_MAX, samples::member),
            random.nextBoolean()),
        random);
    check(ControlMethods.FORGET, samples.nodeId(), new Nothing(), random);
    check(
        ControlMethods.LOOKUP,
        samples.list(ControlMethods.LOOKUP_KEYS_MAX, samples::hash),
        samples.list(
            ControlMethods.LOOKUP_KEYS_MAX,
            () -> new Maybe<>(random.nextBoolean() ? null : samples.outcome())),
        random);
    check(
        ControlMethods.RECORD,
        samples.list(ControlMethods.RECORDS_MAX, samples::memoRecord),
        samples.list(ControlMethods.RECORDS_MAX, () -> fate(samples, random)),
        random);
    check(
        ControlMethods.EXPLAIN,
        samples.hash(),
        new MemoEntry(samples.memoRecord(), random.nextLong(Long.MAX_VALUE), random.nextInt(99)),
        random);
    check(ControlMethods.PRODUCERS_OF, samples.hashPrefix(), keys(samples, random), random);
    check(ControlMethods.RESOLVE_PREFIX, samples.hashPrefix(), keys(samples, random), random);
    check(ControlMethods.STATUS, new Nothing(), samples.status(), random);
  }

  private static Recorded fate(Samples samples, RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Recorded.First();
      case 1 -> new Recorded.Same();
      default -> new Recorded.Disagreeing(samples.ref());
    };
  }

  private static Keys keys(Samples samples, RandomGenerator random) {
    return new Keys(samples.list(Keys.KEYS_MAX, samples::hash), random.nextBoolean());
  }

  private <Q, R> void check(Method<Q, R> method, Q request, R response, RandomGenerator random) {
    methods.put(method.number(), method.name());
    check(method.request(), request, random);
    check(method.response(), response, random);
  }

  private static <T> void check(Codec<T> codec, T message, RandomGenerator random) {
    byte[] bytes = encode(codec, message);
    assertEquals(message, decode(codec, bytes));
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] damaged =
          random.nextInt(4) == 0
              ? Mutations.randomBytes(random.nextInt(64), random)
              : Mutations.mutate(bytes, random);
      try {
        assertArrayEquals(damaged, encode(codec, decode(codec, damaged)));
      } catch (MalformedEncoding _) {
        // The only other answer there is.
      }
    }
  }

  @Test
  void theLongestMessagesFit() {
    Seeds.run(
        ControlMessagesFuzz.class,
        1,
        random -> {
          Samples samples = new Samples(random);
          assertFits(
              ControlMethods.LOOKUP.response(),
              Collections.nCopies(
                  ControlMethods.LOOKUP_KEYS_MAX, new Maybe<>(samples.longestOutcome())));
          MemoRecord longest =
              new MemoRecord(
                  samples.hash(), samples.longestOutcome(), "p".repeat(64), Long.MAX_VALUE);
          assertFits(
              ControlMethods.RECORD.request(),
              Collections.nCopies(ControlMethods.RECORDS_MAX, longest));
          Member member =
              new Member(
                  samples.longestMemberInfo(),
                  true,
                  Long.MAX_VALUE,
                  new Load(Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
          assertFits(
              ControlMethods.MEMBERS.response(),
              new Members(Long.MAX_VALUE, Collections.nCopies(Members.PAGE_MAX, member), true));
        });
  }

  private static <T> void assertFits(Codec<T> codec, T message) {
    int length = encode(codec, message).length;
    assertTrue(length <= Channel.MESSAGE_BYTES_MAX, "a message of " + length + " bytes");
  }

  private static <T> byte[] encode(Codec<T> codec, T message) {
    CanonicalWriter writer = new CanonicalWriter();
    codec.write(message, writer);
    return writer.toBytes();
  }

  private static <T> T decode(Codec<T> codec, byte[] bytes) {
    CanonicalReader reader = new CanonicalReader("message", bytes);
    T message = codec.read(reader);
    reader.end();
    return message;
  }
}

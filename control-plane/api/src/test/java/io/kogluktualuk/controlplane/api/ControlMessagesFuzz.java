package io.kogluktualuk.controlplane.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.util.ArrayList;
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
        List.of(
            100, 101, 102, 103, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122,
            123, 124, 130, 131, 132, 133, 134, 140, 141, 142, 143, 150, 160, 161, 170, 171, 190,
            191, 192),
        List.copyOf(methods.keySet()));
  }

  private void checkAll(Samples samples, RandomGenerator random) {
    check(
        ControlMethods.REGISTER,
        samples.memberInfo(),
        new Members(random.nextInt(9), samples.list(1, samples::member), false),
        random);
    check(
        ControlMethods.HEARTBEAT,
        new Heartbeat(samples.nodeId(), random.nextLong(1, Long.MAX_VALUE), samples.load()),
        samples.heartbeatReply(),
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
    List<Maybe<Hash>> holders =
        samples.list(
            ControlMethods.TRACES_MAX,
            () -> new Maybe<>(random.nextBoolean() ? null : samples.hash()));
    List<Hash> nodes = samples.list(ControlMethods.TRACES_MAX, samples::hash);
    check(ControlMethods.TRACED, nodes, holders, random);
    check(
        ControlMethods.TRACE,
        nodes.stream().map(node -> claim(node, samples, random)).toList(),
        holders,
        random);
    check(
        ControlMethods.EXPLAIN,
        samples.hash(),
        new MemoEntry(samples.memoRecord(), random.nextLong(Long.MAX_VALUE), random.nextInt(99)),
        random);
    check(ControlMethods.PRODUCERS_OF, samples.hashPrefix(), keys(samples, random), random);
    check(ControlMethods.RESOLVE_PREFIX, samples.hashPrefix(), keys(samples, random), random);
    check(ControlMethods.STATUS, new Nothing(), samples.status(), random);
    check(
        ControlMethods.SET_MEMO_LIMIT,
        new MemoLimit(random.nextLong(MemoLimit.BYTES_MAX + 1)),
        new Nothing(),
        random);
    check(
        ControlMethods.OLD_MEMOS,
        new FindOldMemos(random.nextLong(Long.MAX_VALUE), random.nextLong(Long.MAX_VALUE)),
        new OldMemos(
            samples.list(OldMemos.PAGE_MAX, () -> new OldMemos.Old(samples.hash(), samples.hash())),
            random.nextLong(Long.MAX_VALUE)),
        random);
    check(
        ControlMethods.FORGET_MEMOS,
        new ForgetMemos(
            random.nextLong(Long.MAX_VALUE), samples.list(ForgetMemos.KEYS_MAX, samples::hash)),
        (long) random.nextInt(1000),
        random);
    check(ControlMethods.PLANE, new Nothing(), plane(samples, random), random);
    check(ControlMethods.CHANGE_PLANE, change(random), new Nothing(), random);
    checkLeases(samples, random);
    checkCredits(samples, random);
    checkRootsAndPins(samples, random);
    checkAudit(samples, random);
    check(
        ControlMethods.DRAIN,
        new Drain(samples.nodeId(), random.nextBoolean()),
        random.nextLong(Long.MAX_VALUE),
        random);
  }

  private static PlaneStatus plane(Samples samples, RandomGenerator random) {
    return new PlaneStatus(
        "control-1",
        samples.list(
            PlaneStatus.NODES_MAX,
            () -> new PlaneStatus.Node("control-" + random.nextInt(9), "10.0.0.1:1", "")),
        samples.list(PlaneStatus.GROUPS_MAX, () -> group(samples, random)));
  }

  private static PlaneStatus.Group group(Samples samples, RandomGenerator random) {
    return new PlaneStatus.Group(
        "memo-" + random.nextInt(64) + "-of-64",
        random.nextBoolean() ? "" : "control-2",
        "follower",
        random.nextInt(99),
        random.nextLong(Long.MAX_VALUE),
        random.nextInt(99),
        samples.list(
            PlaneStatus.NODES_MAX,
            () -> new PlaneStatus.Follower("control-3", random.nextInt(9), random.nextInt(9999))));
  }

  private static ChangePlane change(RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> new ChangePlane.Add("control-4", "10.0.0.4", 1 + random.nextInt(0xFFFF));
      case 1 -> new ChangePlane.Remove("control-2", random.nextBoolean());
      default -> new ChangePlane.Transfer("control-1");
    };
  }

  private void checkLeases(Samples samples, RandomGenerator random) {
    check(ControlMethods.ACQUIRE_LEASE, samples.acquireLease(), samples.lease(), random);
    check(
        ControlMethods.RENEW_LEASES,
        new RenewLeases(samples.list(RenewLeases.LEASES_MAX, samples::leaseProof), samples.ttl()),
        samples.list(
            RenewLeases.LEASES_MAX,
            () ->
                random.nextBoolean()
                    ? new Renewal.Stale()
                    : new Renewal.Extended(random.nextLong(Long.MAX_VALUE))),
        random);
    check(ControlMethods.END_LEASE, samples.leaseProof(), new Nothing(), random);
    check(
        ControlMethods.LEASES,
        new Maybe<>(random.nextBoolean() ? null : LeaseId.of(random)),
        new Leases(
            random.nextLong(Long.MAX_VALUE),
            samples.list(
                Leases.PAGE_MAX, () -> new Leases.Held(samples.lease(), samples.text(128))),
            random.nextBoolean()),
        random);
    check(ControlMethods.REVOKE_LEASE, LeaseId.of(random), new Nothing(), random);
  }

  private void checkCredits(Samples samples, RandomGenerator random) {
    check(
        ControlMethods.SET_CREDIT_LIMIT,
        new SetCreditLimit(samples.requestId(), samples.account(), samples.credits()),
        samples.balance(),
        random);
    check(
        ControlMethods.TAKE_CREDITS,
        samples.takeCredits(),
        new CreditGrant(samples.credits(), samples.balance()),
        random);
    check(
        ControlMethods.RETURN_CREDITS,
        new ReturnCredits(
            samples.requestId(), samples.account(), samples.nodeId(), samples.credits()),
        samples.balance(),
        random);
    check(
        ControlMethods.ACCOUNTS,
        new Maybe<>(random.nextBoolean() ? null : samples.account()),
        new Accounts(samples.list(Accounts.PAGE_MAX, () -> row(samples)), random.nextBoolean()),
        random);
    check(
        ControlMethods.ALLOTMENTS,
        new AllotmentsOf(samples.account(), random.nextBoolean() ? null : samples.nodeId()),
        new Allotments(
            samples.list(
                Allotments.PAGE_MAX,
                () -> new Allotments.Part(samples.nodeId(), samples.credits())),
            random.nextBoolean()),
        random);
  }

  private static Accounts.Row row(Samples samples) {
    return new Accounts.Row(samples.account(), samples.credits(), samples.credits(), 7);
  }

  private void checkRootsAndPins(Samples samples, RandomGenerator random) {
    long number = random.nextLong(Long.MAX_VALUE);
    check(ControlMethods.SET_ROOT, samples.setRoot(), number, random);
    check(
        ControlMethods.ROOT,
        samples.rootName(),
        new Maybe<>(random.nextBoolean() ? null : samples.root()),
        random);
    check(
        ControlMethods.AWAIT_ROOT,
        new AwaitRoot(samples.rootName(), number, random.nextLong(60_001)),
        new Maybe<>(random.nextBoolean() ? null : samples.root()),
        random);
    check(
        ControlMethods.ROOTS,
        new Maybe<>(random.nextBoolean() ? null : samples.rootName()),
        new Roots(samples.list(Roots.PAGE_MAX, samples::root), random.nextBoolean()),
        random);
    check(ControlMethods.ADVANCE_PINS, samples.requestId(), number, random);
    check(ControlMethods.PIN_GENERATION, new Nothing(), number, random);
  }

  private void checkAudit(Samples samples, RandomGenerator random) {
    check(
        ControlMethods.AUDIT,
        random.nextLong(Long.MAX_VALUE),
        new AuditPage(samples.auditHead(), samples.list(AuditPage.PAGE_MAX, samples::auditEntry)),
        random);
    check(ControlMethods.AUDIT_HEAD, new Nothing(), samples.auditHead(), random);
  }

  private static TraceClaim claim(Hash node, Samples samples, RandomGenerator random) {
    TraceEntry entry = new TraceEntry(node, samples.hash());
    return new TraceClaim(entry, random.nextBoolean() ? null : samples.hash());
  }

  private static Recorded fate(Samples samples, RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Recorded.First();
      case 1 -> new Recorded.Same();
      case 2 ->
          new Recorded.NoRoom(
              random.nextBoolean() ? "bytes" : "producers",
              random.nextLong(Long.MAX_VALUE),
              random.nextLong(Long.MAX_VALUE),
              random.nextInt(1000));
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
                  MemberState.LOST,
                  true,
                  Long.MAX_VALUE,
                  new Load(Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE),
                  Long.MAX_VALUE);
          assertFits(
              ControlMethods.MEMBERS.response(),
              new Members(Long.MAX_VALUE, Collections.nCopies(Members.PAGE_MAX, member), true));
        });
  }

  @Test
  void theLongestNewMessagesFit() {
    Seeds.run(
        ControlMessagesFuzz.class,
        1,
        random -> {
          Samples samples = new Samples(random);
          LeaseProof proof = new LeaseProof(LeaseId.of(random), Long.MAX_VALUE);
          assertFits(
              ControlMethods.RENEW_LEASES.request(),
              new RenewLeases(Collections.nCopies(RenewLeases.LEASES_MAX, proof), 1000));
          Account account = new Account("a".repeat(Account.NAME_LENGTH_MAX));
          Lease lease = new Lease(proof, account, AcquireLease.TTL_MILLIS_MAX, Long.MAX_VALUE);
          Leases.Held held = new Leases.Held(lease, "h".repeat(128));
          assertFits(
              ControlMethods.LEASES.response(),
              new Leases(Long.MAX_VALUE, Collections.nCopies(Leases.PAGE_MAX, held), true));
          long most = CreditBalance.BYTES_MAX;
          Accounts.Row row = new Accounts.Row(account, most, most, Integer.MAX_VALUE);
          assertFits(
              ControlMethods.ACCOUNTS.response(),
              new Accounts(Collections.nCopies(Accounts.PAGE_MAX, row), true));
          Allotments.Part part = new Allotments.Part(samples.nodeId(), most);
          assertFits(
              ControlMethods.ALLOTMENTS.response(),
              new Allotments(Collections.nCopies(Allotments.PAGE_MAX, part), true));
          Ref ref = new Ref(Kind.LIST, samples.hash(), Long.MAX_VALUE);
          RootName name = new RootName("n".repeat(RootName.LENGTH_MAX));
          Root root = new Root(name, Long.MAX_VALUE, ref, Long.MAX_VALUE);
          assertFits(
              ControlMethods.ROOTS.response(),
              new Roots(Collections.nCopies(Roots.PAGE_MAX, root), true));
          AuditEntry entry =
              new AuditEntry(
                  Long.MAX_VALUE,
                  samples.hash(),
                  Long.MAX_VALUE,
                  "w".repeat(AuditEntry.WHO_BYTES_MAX),
                  "w".repeat(AuditEntry.WHAT_BYTES_MAX),
                  "d".repeat(AuditEntry.DETAILS_BYTES_MAX));
          assertFits(
              ControlMethods.AUDIT.response(),
              new AuditPage(samples.auditHead(), Collections.nCopies(AuditPage.PAGE_MAX, entry)));
        });
  }

  /// Gaps as wide as so many ranges can have at all: nothing encodes to more bytes but by chance.
  @Test
  void theWidestFencesFit() {
    for (long gap : new long[] {1, 1L << 21, (1L << 28) - 2, 1L << 28}) {
      List<TokenRange> ranges = new ArrayList<>();
      long end = 1;
      while (ranges.size() < Fences.REVOKED_MAX) {
        long first = end + 1 + gap;
        long last = Math.min(first + gap, Fences.TOKEN_MAX - 1);
        if (last < first) {
          break;
        }
        ranges.add(new TokenRange(first, last));
        end = last + 1;
      }
      Fences widest = new Fences(1, Fences.TOKEN_MAX, ranges);
      assertFits(
          ControlMethods.HEARTBEAT.response(),
          new HeartbeatReply(
              Long.MAX_VALUE, MemberState.LOST, widest, HeartbeatReply.PIN_GENERATION_MAX));
    }
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

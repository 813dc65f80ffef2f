package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Random messages of every kind.
final class Samples {

  private final RandomGenerator random;

  Samples(RandomGenerator random) {
    this.random = random;
  }

  Hash hash() {
    byte[] bytes = new byte[Hash.BYTES];
    random.nextBytes(bytes);
    return Hash.ofBytes(bytes);
  }

  Ref ref() {
    return switch (random.nextInt(3)) {
      case 0 -> new Ref(Kind.LIST, hash(), random.nextLong(Blob.LENGTH_MAX + 1L, Long.MAX_VALUE));
      case 1 -> new Ref(Kind.TREE, hash(), random.nextInt(Blob.LENGTH_MAX + 1));
      default -> new Ref(Kind.BLOB, hash(), random.nextInt(Blob.LENGTH_MAX + 1));
    };
  }

  Outcome outcome() {
    Ending ending =
        switch (random.nextInt(3)) {
          case 0 -> new Ending.Exited(random.nextInt(256));
          case 1 -> new Ending.Trapped(Trap.values()[random.nextInt(Trap.values().length)]);
          default -> new Ending.Invalid();
        };
    return new Outcome(ending, random.nextLong(Long.MAX_VALUE), ref(), ref(), ref());
  }

  /// An outcome that takes as many bytes as any.
  Outcome longestOutcome() {
    Ref longest = new Ref(Kind.LIST, hash(), Long.MAX_VALUE);
    return new Outcome(new Ending.Exited(255), Long.MAX_VALUE, longest, longest, longest);
  }

  NodeId nodeId() {
    return NodeId.of(random);
  }

  String text(int lengthMax) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(1, lengthMax + 1);
    for (int i = 0; i < length; i++) {
      text.append((char) random.nextInt('!', '~'));
    }
    return text.toString();
  }

  MemberInfo memberInfo() {
    return new MemberInfo(
        Role.values()[random.nextInt(3)],
        nodeId(),
        text(MemberInfo.NAME_BYTES_MAX),
        text(MemberInfo.ADDRESS_BYTES_MAX),
        random.nextLong(Long.MAX_VALUE),
        random.nextInt(MemberInfo.WEIGHT_MAX + 1),
        random.nextInt(MemberInfo.SLOTS_MAX + 1));
  }

  MemberInfo longestMemberInfo() {
    return new MemberInfo(
        Role.CONTROL,
        nodeId(),
        "n".repeat(MemberInfo.NAME_BYTES_MAX),
        "a".repeat(MemberInfo.ADDRESS_BYTES_MAX),
        Long.MAX_VALUE,
        MemberInfo.WEIGHT_MAX,
        MemberInfo.SLOTS_MAX);
  }

  Load load() {
    return new Load(
        random.nextLong(Long.MAX_VALUE),
        random.nextInt(Integer.MAX_VALUE),
        random.nextInt(Integer.MAX_VALUE));
  }

  Member member() {
    return new Member(
        memberInfo(),
        state(),
        random.nextBoolean(),
        random.nextLong(Long.MAX_VALUE),
        load(),
        random.nextLong(Long.MAX_VALUE));
  }

  MemberState state() {
    return MemberState.values()[random.nextInt(3)];
  }

  RequestId requestId() {
    return new RequestId(random.nextLong(), random.nextLong(), random.nextLong(1, Long.MAX_VALUE));
  }

  LeaseProof leaseProof() {
    return new LeaseProof(LeaseId.of(random), random.nextLong(1, Long.MAX_VALUE));
  }

  Account account() {
    return new Account("a-" + random.nextInt(1000));
  }

  long ttl() {
    return random.nextLong(AcquireLease.TTL_MILLIS_MIN, AcquireLease.TTL_MILLIS_MAX + 1);
  }

  Lease lease() {
    return new Lease(leaseProof(), account(), ttl(), random.nextLong(Long.MAX_VALUE));
  }

  AcquireLease acquireLease() {
    return new AcquireLease(requestId(), LeaseId.of(random), text(128), account(), ttl());
  }

  /// Fences of a log that has given out so many tokens, of which some live.
  Fences fences(long issued) {
    if (issued == 0) {
      return Fences.NONE;
    }
    long floor = random.nextLong(1, issued + 2);
    List<TokenRange> ranges = new ArrayList<>();
    long end = floor;
    while (end < issued && ranges.size() < 50) {
      long first = end + 1 + random.nextLong(issued - end);
      if (first > issued) {
        break;
      }
      long last = first + random.nextLong(Math.min(issued - first + 1, 4));
      ranges.add(new TokenRange(first, last));
      end = last + 1;
    }
    return new Fences(floor, issued, ranges);
  }

  HeartbeatReply heartbeatReply() {
    return new HeartbeatReply(
        random.nextInt(1000), state(), fences(random.nextInt(500)), random.nextLong(1L << 32));
  }

  long credits() {
    return random.nextLong(1, CreditBalance.BYTES_MAX + 1);
  }

  CreditBalance balance() {
    long allotted = credits();
    return new CreditBalance(credits(), allotted, random.nextLong(allotted + 1));
  }

  TakeCredits takeCredits() {
    long wanted = credits();
    return new TakeCredits(
        requestId(), account(), nodeId(), wanted, random.nextLong(1, wanted + 1));
  }

  RootName rootName() {
    String path = "releases/v" + random.nextInt(1000) + "/x86_64";
    return RootName.of(random.nextBoolean() ? "default" : "trades", path);
  }

  SetRoot setRoot() {
    return new SetRoot(
        requestId(),
        rootName(),
        random.nextBoolean() ? null : random.nextLong(Long.MAX_VALUE),
        random.nextBoolean() ? null : ref());
  }

  Root root() {
    return new Root(rootName(), random.nextLong(1, Long.MAX_VALUE), ref(), random.nextInt(1000));
  }

  AuditEntry auditEntry() {
    return new AuditEntry(
        random.nextLong(1, Long.MAX_VALUE),
        hash(),
        random.nextLong(Long.MAX_VALUE),
        text(AuditEntry.WHO_BYTES_MAX),
        text(AuditEntry.WHAT_BYTES_MAX),
        random.nextBoolean() ? "" : text(AuditEntry.DETAILS_BYTES_MAX));
  }

  AuditHead auditHead() {
    long sequence = random.nextLong(Long.MAX_VALUE);
    return new AuditHead(sequence, hash(), random.nextLong(sequence + 1), hash());
  }

  MemoRecord memoRecord() {
    return new MemoRecord(
        hash(), outcome(), text(MemberInfo.NAME_BYTES_MAX), random.nextLong(Long.MAX_VALUE));
  }

  Disagreement disagreement() {
    return new Disagreement(
        hash(), ref(), text(64), ref(), text(64), random.nextLong(Long.MAX_VALUE));
  }

  HashPrefix hashPrefix() {
    String hex = hash().toHex();
    return new HashPrefix(hex.substring(0, random.nextInt(8, 65)));
  }

  ControlStatus status() {
    return new ControlStatus(
        text(64),
        text(9),
        random.nextBoolean() ? "" : text(64),
        random.nextInt(100),
        random.nextLong(Long.MAX_VALUE),
        random.nextLong(Long.MAX_VALUE),
        random.nextInt(1000),
        random.nextInt(1000),
        random.nextInt(1000),
        random.nextLong(Long.MAX_VALUE),
        random.nextLong(Long.MAX_VALUE),
        random.nextLong(MemoLimit.BYTES_MAX),
        random.nextInt(1000),
        random.nextInt(1000),
        random.nextInt(1000),
        random.nextInt(1000),
        list(ControlStatus.DISAGREEMENTS_MAX, this::disagreement),
        random.nextBoolean() ? "" : text(400));
  }

  <T> List<T> list(int max, Supplier<T> element) {
    List<T> list = new ArrayList<>();
    int count = random.nextInt(max + 1);
    for (int i = 0; i < count; i++) {
      list.add(element.get());
    }
    return list;
  }
}

package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
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
    return new Member(memberInfo(), random.nextBoolean(), random.nextLong(Long.MAX_VALUE), load());
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

package io.kogluktualuk.controlplane.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The stub cuts what is too long for one message and puts the answers together again.
final class ControlClientTest {

  /// A channel to a table in this process, over real encodings.
  private record Direct(MethodTable methods) implements Channel {

    @Override
    public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
      CanonicalWriter sent = new CanonicalWriter(MESSAGE_BYTES_MAX);
      method.request().write(request, sent);
      CanonicalWriter answered = new CanonicalWriter(MESSAGE_BYTES_MAX);
      methods.answer(method.number(), new CanonicalReader(method.name(), sent.toBytes()), answered);
      return method.response().read(new CanonicalReader(method.name(), answered.toBytes()));
    }

    @Override
    public void close() {}
  }

  private static ControlClient client(MethodTable methods) {
    return new ControlClient(new Direct(methods), Duration.ofSeconds(1));
  }

  @Test
  void longLookupsAreCut() {
    Seeds.run(
        ControlClientTest.class,
        1,
        random -> {
          Samples samples = new Samples(random);
          List<Hash> keys = new ArrayList<>();
          for (int i = 0; i < 2 * ControlMethods.LOOKUP_KEYS_MAX + 1; i++) {
            keys.add(samples.hash());
          }
          List<Integer> sizes = new ArrayList<>();
          MethodTable methods = new MethodTable();
          methods.on(
              ControlMethods.LOOKUP,
              part -> {
                sizes.add(part.size());
                return part.stream().map(_ -> new Maybe<>(samples.longestOutcome())).toList();
              });
          assertEquals(keys.size(), client(methods).lookup(keys).size());
          assertEquals(List.of(200, 200, 1), sizes);
        });
  }

  @Test
  void longRecordsAreCut() {
    Seeds.run(
        ControlClientTest.class,
        1,
        random -> {
          Samples samples = new Samples(random);
          List<MemoRecord> memos = new ArrayList<>();
          for (int i = 0; i < 250; i++) {
            memos.add(samples.memoRecord());
          }
          List<Integer> sizes = new ArrayList<>();
          MethodTable methods = new MethodTable();
          methods.on(
              ControlMethods.RECORD,
              part -> {
                sizes.add(part.size());
                return part.stream().map(_ -> (Recorded) new Recorded.First()).toList();
              });
          assertEquals(250, client(methods).record(memos).size());
          assertEquals(List.of(120, 120, 10), sizes);
        });
  }

  @Test
  void membersComeInPages() {
    Seeds.run(
        ControlClientTest.class,
        1,
        random -> {
          Samples samples = new Samples(random);
          List<Member> all = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            all.add(samples.member());
          }
          MethodTable methods = new MethodTable();
          methods.on(
              ControlMethods.MEMBERS,
              after -> {
                NodeId last = after.value();
                int from =
                    last == null
                        ? 0
                        : 1 + all.stream().map(each -> each.info().id()).toList().indexOf(last);
                int to = Math.min(from + 2, all.size());
                return new Members(7, all.subList(from, to), to < all.size());
              });
          assertEquals(new Members(7, all, false), client(methods).members());
        });
  }

  @Test
  void anAnswerOfTheWrongLengthIsRefused() {
    MethodTable methods = new MethodTable();
    methods.on(ControlMethods.LOOKUP, _ -> List.of());
    Hash key = Hash.of(new byte[0]);
    assertThrows(MalformedEncoding.class, () -> client(methods).lookup(key));
  }

  @Test
  void textsOfPeopleAreChecked() {
    assertThrows(InvalidArgument.class, () -> HashPrefix.parse("1234567"));
    assertThrows(InvalidArgument.class, () -> HashPrefix.parse("1234567g"));
    assertThrows(InvalidArgument.class, () -> NodeId.parse("12"));
    assertEquals("abcdef12", HashPrefix.parse("ABCDEF12").digits());
    NodeId id = new NodeId(-1, 2);
    assertEquals(id, NodeId.parse(id.toString()));
    assertEquals("ffffffffffffffff0000000000000002", id.toString());
  }
}

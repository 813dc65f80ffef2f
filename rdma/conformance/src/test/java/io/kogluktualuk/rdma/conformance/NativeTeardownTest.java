package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCPostRecv;
import com.ibm.disni.verbs.SVCPostSend;
import com.ibm.disni.verbs.SVCReqNotify;
import com.sun.management.ThreadMXBean;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.ibverbs.NativeProvider;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Native objects are closed in every order and under the hands of other threads. A mistake here
/// would not fail a test but end the process.
class NativeTeardownTest {

  @BeforeEach
  void needsADevice() {
    assumeTrue(Suite.dataPath() == Suite.DataPath.NATIVE, "no RDMA device is in use");
  }

  @Test
  void nothingIsLeftWhateverIsClosedFirst() throws Exception {
    Pair.connect().close();
    int before = NativeProvider.liveObjects();
    for (int order = 0; order < 6; order++) {
      Pair pair = Pair.connect();
      VerbsEnd end = pair.client();
      IbvMr region = end.register(end.allocate(4096), VerbsEnd.ALL_RIGHTS);
      List<Step> steps =
          new ArrayList<>(
              List.of(
                  () -> end.events.channel.destroyEventChannel(),
                  () -> end.domain.deallocPd(),
                  () -> end.channel.destroyCompChannel(),
                  () -> end.queue.destroyCQ(),
                  () -> end.deregister(region),
                  () -> end.id.destroyId()));
      java.util.Collections.rotate(steps, order);
      for (Step step : steps) {
        step.run();
      }
      assertThrows(IOException.class, () -> end.post(VerbsEnd.send(1)));
      assertThrows(IOException.class, () -> end.queue.poll(new IbvWC[1], 1).execute());
      assertFalse(end.channel.getCqEvent(end.queue, 10_000));
      pair.server().close();
      pair.listening().close();
      end.arena.close();
      assertEquals(before, NativeProvider.liveObjects(), "order " + order);
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  @Test
  void threadsThatPostPollAndWaitOutliveWhatTheyUse() throws Exception {
    for (int round = 0; round < 10; round++) {
      Pair pair = Pair.connect();
      VerbsEnd end = pair.client();
      IbvMr region = end.register(end.allocate(8), VerbsEnd.LOCAL);
      AtomicReference<Throwable> unexpected = new AtomicReference<>();
      SVCPollCq poll = end.queue.poll(new IbvWC[] {new IbvWC()}, 1);
      SVCReqNotify arm = end.queue.reqNotification(false);
      SVCPostSend send =
          end.queuePair.postSend(List.of(VerbsEnd.send(1, VerbsEnd.piece(region, 0, 8))), null);
      List<Thread> threads =
          List.of(
              untilRefused(unexpected, poll::execute),
              untilRefused(unexpected, arm::execute),
              untilRefused(
                  unexpected,
                  () -> {
                    if (!end.channel.getCqEvent(end.queue, 20_000) && !end.channel.isOpen()) {
                      throw new IOException("closed");
                    }
                  }),
              untilRefused(
                  unexpected,
                  () -> {
                    if (end.events.channel.getCmEvent(20_000) == null
                        && !end.events.channel.isOpen()) {
                      throw new IOException("closed");
                    }
                  }),
              untilRefused(unexpected, send::execute));
      for (int i = 0; i < 200 * round; i++) {
        Thread.onSpinWait();
      }
      end.close();
      for (Thread thread : threads) {
        thread.join(10_000);
        assertFalse(thread.isAlive(), () -> "waits on: " + List.of(thread.getStackTrace()));
      }
      pair.server().close();
      pair.listening().close();
      assertEquals(null, unexpected.get());
    }
  }

  /// Repeats a call until it throws an [IOException], as a closed object must make it.
  private static Thread untilRefused(AtomicReference<Throwable> unexpected, Step step) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (true) {
                  step.run();
                }
              } catch (IOException e) {
                assertTrue(e.getMessage() != null);
              } catch (Throwable e) {
                unexpected.set(e);
              }
            });
  }

  @Test
  void whyAConnectionFailedIsSaidInWords() throws IOException {
    InetSocketAddress nobody;
    try (Listening gone = Listening.open()) {
      nobody = gone.address();
    }
    VerbsEnd end = VerbsEnd.begin(nobody, Shape.USUAL);
    end.await(EventType.RDMA_CM_EVENT_REJECTED);
    assertTrue(Verbs.failureOf(end.id).contains("nobody listens there (reason 8)"));
    end.close();
    try (Listening refusing = Listening.open()) {
      VerbsEnd refused = VerbsEnd.begin(refusing.address(), Shape.USUAL);
      VerbsEnd request = refusing.request(Shape.USUAL);
      Verbs.reject(request.id);
      refused.await(EventType.RDMA_CM_EVENT_REJECTED);
      assertTrue(Verbs.failureOf(refused.id).contains("the program there refused (reason 28)"));
      refused.close();
      request.close();
    }
  }

  @Test
  void anAnswerIsWaitedForAsLongAsTheCallerSaid() throws IOException {
    try (Listening silent = Listening.open()) {
      RdmaEventChannel channel = RdmaEventChannel.createEventChannel();
      CmEvents events = new CmEvents(channel);
      RdmaCmId id = channel.createId(RdmaCm.RDMA_PS_TCP);
      id.resolveAddr(null, silent.address(), 500);
      events.await(id, EventType.RDMA_CM_EVENT_ADDR_RESOLVED);
      id.resolveRoute(5_000);
      events.await(id, EventType.RDMA_CM_EVENT_ROUTE_RESOLVED);
      try (VerbsEnd end = new VerbsEnd(events, id, Shape.USUAL, true)) {
        end.id.connect(Shape.USUAL.parameters());
        // The listener takes the request and never answers it.
        end.await(EventType.RDMA_CM_EVENT_UNREACHABLE);
        assertTrue(Verbs.failureOf(end.id).endsWith("did not answer in time"));
      }
    }
  }

  @Test
  void thePortInUseIsABindException() throws IOException {
    try (Listening first = Listening.open()) {
      InetSocketAddress taken = RdmaAddress.port(first.address().getPort());
      RdmaEventChannel channel = RdmaEventChannel.createEventChannel();
      RdmaCmId id = channel.createId(RdmaCm.RDMA_PS_TCP);
      assertThrows(
          java.net.BindException.class,
          () -> {
            id.bindAddr(taken);
            id.listen(1);
          });
      id.destroyId();
      channel.destroyEventChannel();
    }
  }

  @Test
  void postingAndPollingAllocateNothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Pair pair = Pair.connect()) {
      VerbsEnd client = pair.client();
      IbvMr target = pair.server().register(pair.server().allocate(64), VerbsEnd.ALL_RIGHTS);
      IbvMr local = client.register(client.allocate(64), VerbsEnd.LOCAL);
      SVCPostSend read =
          client.queuePair.postSend(
              List.of(VerbsEnd.read(1, target, 0, VerbsEnd.piece(local, 0, 8))), null);
      var inbox = new com.ibm.disni.verbs.IbvRecvWR();
      inbox.setSg_list(new LinkedList<>(List.of(VerbsEnd.piece(local, 0, 8))));
      SVCPostRecv receive = client.queuePair.postRecv(List.of(inbox), null);
      SVCPollCq poll = client.queue.poll(new IbvWC[] {new IbvWC()}, 1);
      long allocated = 0;
      for (int i = 0; i < 2_000; i++) {
        if (i == 1_900) {
          allocated = threads.getCurrentThreadAllocatedBytes();
        }
        read.getWrMod(0).setWr_id(i);
        read.getWrMod(0).getRdmaMod().setRemote_addr(target.getAddr() + i % 8);
        read.getWrMod(0).getSgeMod(0).setLength(1 + i % 8);
        read.execute();
        while (poll.execute().getPolls() == 0) {
          Thread.onSpinWait();
        }
        if (i % 64 == 0) {
          receive.execute();
        }
      }
      long bytes = threads.getCurrentThreadAllocatedBytes() - allocated;
      // The bean itself allocates a little; one object of 16 bytes per operation would be 1,600.
      assertTrue(bytes < 1_000, "100 READs allocated " + bytes + " bytes");
    }
  }
}

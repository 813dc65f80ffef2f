package io.kogluktualuk.fabric.benchmarks;

import com.ibm.darpc.DaRPCClientEndpoint;
import com.ibm.darpc.DaRPCClientGroup;
import com.ibm.darpc.DaRPCFuture;
import com.ibm.darpc.DaRPCMessage;
import com.ibm.darpc.DaRPCProtocol;
import com.ibm.darpc.DaRPCServerEndpoint;
import com.ibm.darpc.DaRPCServerEvent;
import com.ibm.darpc.DaRPCServerGroup;
import com.ibm.darpc.DaRPCService;
import com.ibm.darpc.DaRPCStream;
import com.ibm.disni.RdmaServerEndpoint;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// DaRPC as it comes, over our provider: 32 bytes echoed by its own server and client classes. It
/// has no deadlines and no credits, polls without end, and a failed call never returns.
///
/// **Threading:** one thread.
final class DarpcEcho {

  private static final int DEPTH = 64;
  private static final int TIMEOUT_MILLIS = 1000;

  private DarpcEcho() {}

  /// 32 bytes.
  private static final class Message implements DaRPCMessage {

    private final byte[] bytes = new byte[RpcEcho.BYTES];

    @Override
    public int write(ByteBuffer buffer) {
      buffer.put(bytes);
      return bytes.length;
    }

    @Override
    public void update(ByteBuffer buffer) {
      buffer.get(bytes);
    }

    @Override
    public int size() {
      return bytes.length;
    }
  }

  private static class Protocol implements DaRPCProtocol<Message, Message> {

    @Override
    public Message createRequest() {
      return new Message();
    }

    @Override
    public Message createResponse() {
      return new Message();
    }
  }

  private static final class Service extends Protocol implements DaRPCService<Message, Message> {

    @Override
    public void processServerEvent(DaRPCServerEvent<Message, Message> event) throws IOException {
      System.arraycopy(
          event.getReceiveMessage().bytes, 0, event.getSendMessage().bytes, 0, RpcEcho.BYTES);
      event.triggerResponse();
    }

    @Override
    public void open(DaRPCServerEndpoint<Message, Message> endpoint) {
      // Nothing is kept for a connection.
    }

    @Override
    public void close(DaRPCServerEndpoint<Message, Message> endpoint) {
      // The process ends with its only client.
    }
  }

  /// Answers until the process ends; returns where.
  static InetSocketAddress listen(InetSocketAddress any) throws Exception {
    Verbs.install();
    DaRPCServerGroup<Message, Message> group =
        DaRPCServerGroup.createServerGroup(
            new Service(), new long[] {1}, TIMEOUT_MILLIS, 0, false, DEPTH, DEPTH, DEPTH, 1);
    RdmaServerEndpoint<DaRPCServerEndpoint<Message, Message>> listening =
        group.createServerEndpoint();
    listening.bind(any, 1);
    Thread.ofPlatform().daemon().name("kog-bench-darpc").start(() -> accept(listening));
    return (InetSocketAddress) listening.getSrcAddr();
  }

  private static void accept(RdmaServerEndpoint<DaRPCServerEndpoint<Message, Message>> listening) {
    try {
      DaRPCServerEndpoint<Message, Message> accepted = listening.accept();
      assert accepted.isServerSide();
    } catch (IOException e) {
      throw new IllegalStateException("DaRPC's listener failed", e);
    }
  }

  /// The client's end.
  static final class Client {

    private final DaRPCStream<Message, Message> stream;

    Client(InetSocketAddress server) throws Exception {
      Verbs.install();
      DaRPCClientGroup<Message, Message> group =
          DaRPCClientGroup.createClientGroup(new Protocol(), TIMEOUT_MILLIS, 0, DEPTH, DEPTH);
      DaRPCClientEndpoint<Message, Message> endpoint = group.createEndpoint();
      endpoint.connect(server, 10 * TIMEOUT_MILLIS);
      stream = endpoint.createStream();
    }

    /// Makes `times` calls, `outstanding` at one time; returns the nanoseconds.
    long run(int outstanding, int times) throws IOException {
      ArrayDeque<Message> requests = new ArrayDeque<>();
      ArrayDeque<Message> responses = new ArrayDeque<>();
      for (int i = 0; i < outstanding; i++) {
        requests.add(new Message());
        responses.add(new Message());
      }
      long start = System.nanoTime();
      int sent = 0;
      for (int done = 0; done < times; done++) {
        while (sent < times && !requests.isEmpty()) {
          request(requests.removeFirst(), responses.removeFirst());
          sent++;
        }
        DaRPCFuture<Message, Message> finished = stream.take();
        requests.add(finished.getSendMessage());
        responses.add(finished.getReceiveMessage());
      }
      return System.nanoTime() - start;
    }

    private void request(Message request, Message response) throws IOException {
      DaRPCFuture<Message, Message> future = stream.request(request, response, true);
      assert future.getTicket() >= 0;
    }
  }
}

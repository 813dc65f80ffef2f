package io.kogluktualuk.fabric.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openucx.jucx.UcxCallback;
import org.openucx.jucx.ucp.UcpContext;
import org.openucx.jucx.ucp.UcpEndpoint;
import org.openucx.jucx.ucp.UcpEndpointParams;
import org.openucx.jucx.ucp.UcpParams;
import org.openucx.jucx.ucp.UcpRemoteKey;
import org.openucx.jucx.ucp.UcpRequest;
import org.openucx.jucx.ucp.UcpWorker;
import org.openucx.jucx.ucp.UcpWorkerParams;

/// The active process of the peer UCX: get and put, each waited for.
///
/// **Threading:** one thread.
final class UcxInitiator {

  private final UcpWorker worker;
  private final UcpEndpoint endpoint;
  private final UcpRemoteKey key;
  private final long remote;
  private final long local;

  private UcxInitiator(UcpWorker worker, UcpEndpoint endpoint, UcpRemoteKey key, long remote) {
    this.worker = worker;
    this.endpoint = endpoint;
    this.key = key;
    this.remote = remote;
    MemorySegment memory = Arena.global().allocate(UcxTarget.MEMORY_BYTES, 4096);
    this.local = memory.address();
  }

  /// @param args worker address, memory address and remote key of the target
  public static void main(String[] args) throws Exception {
    UcpContext context = new UcpContext(new UcpParams().requestRmaFeature());
    UcpWorker worker = context.newWorker(new UcpWorkerParams());
    UcpEndpoint endpoint =
        worker.newEndpoint(new UcpEndpointParams().setUcpAddress(UcxTarget.buffer(args[0])));
    UcpRemoteKey key = endpoint.unpackRemoteKey(UcxTarget.buffer(args[2]));
    UcxInitiator initiator = new UcxInitiator(worker, endpoint, key, Long.parseLong(args[1]));
    AgentLoop.run("ready", initiator::run);
  }

  private long run(String operation, int bytes, int times) throws Exception {
    boolean isGet = operation.equals("get");
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      UcpRequest request =
          isGet
              ? endpoint.getNonBlocking(remote, key, local, bytes, (UcxCallback) null)
              : endpoint.putNonBlocking(local, bytes, remote, key, (UcxCallback) null);
      while (!request.isCompleted()) {
        worker.progressRequest(request);
      }
    }
    return System.nanoTime() - start;
  }
}

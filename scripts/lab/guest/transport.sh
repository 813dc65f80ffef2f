# shellcheck shell=sh
# What stands on the verbs: registered memory, control calls, and what a GET costs a memory node.
suite transport \
  io.kogluktualuk.rdma.transport.memory.RemoteMemoryTest \
  io.kogluktualuk.rdma.transport.rpc.RpcTest \
  io.kogluktualuk.memnode.server.VerbsPerGetTest \
  io.kogluktualuk.memnode.server.FabricBlobsTest

# shellcheck shell=sh
# What stands on the verbs: registered memory, control calls, and what a GET costs a memory node.
# Time passes differently here: the limits of single tests mean nothing, that of the guest is left.
export LAB_SUITE_FLAGS=-Djunit.jupiter.execution.timeout.mode=disabled
suite transport \
  io.kogluktualuk.rdma.transport.memory.RemoteMemoryTest \
  io.kogluktualuk.rdma.transport.memory.KeysTest \
  io.kogluktualuk.rdma.transport.rpc.RpcTest \
  io.kogluktualuk.memnode.server.LendingTest \
  io.kogluktualuk.memnode.server.VerbsPerGetTest
unset LAB_SUITE_FLAGS

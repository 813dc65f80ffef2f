package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A registered memory region.
///
/// Memory that lies in a [FileMapping] can be read and written by peers in other processes: they
/// map the file. Other memory can be the local side of any operation, and the remote side for peers
/// in the same process; a peer in another process gets `REM_INV_REQ_ERR` (9) for it, since nobody
/// on this side would move the bytes.
///
/// **Threading:** any thread. **Ownership:** the memory stays the caller's, who deregisters before
/// freeing it; a registered buffer object is kept alive until then.
final class SoftwareRegion extends IbvMr {

  /// Keys that peers hold to this region, to be withdrawn with it. Bounded by the grants of all
  /// links.
  private final List<Grants.Grant> grants = new ArrayList<>();

  private final SoftwareDomain domain;
  private final MemorySegment memory;
  private final @Nullable FileMapping file;
  private final @Nullable Object keepAlive;
  private boolean isWithdrawn;

  SoftwareRegion(
      SoftwareDomain domain,
      MemorySegment memory,
      int access,
      int key,
      @Nullable FileMapping file,
      @Nullable Object keepAlive)
      throws IOException {
    super(domain.getContext(), memory.address(), (int) memory.byteSize(), access, key, key, key);
    this.domain = domain;
    this.memory = memory;
    this.file = file;
    this.keepAlive = keepAlive;
  }

  SoftwareDomain domain() {
    return domain;
  }

  MemorySegment memory() {
    return memory;
  }

  int access() {
    return access;
  }

  @Nullable FileMapping file() {
    return file;
  }

  boolean keepsAlive(Object buffer) {
    return keepAlive == buffer;
  }

  /// Remembers a key given to a peer; false when the region is gone.
  synchronized boolean addGrant(Grants.Grant grant) {
    if (isWithdrawn) {
      return false;
    }
    grants.removeIf(Grants.Grant::isGone);
    grants.add(grant);
    return true;
  }

  /// Takes all keys back and waits until nobody uses them.
  void withdraw() {
    List<Grants.Grant> withdrawn;
    synchronized (this) {
      isWithdrawn = true;
      withdrawn = List.copyOf(grants);
      grants.clear();
    }
    withdrawn.forEach(Grants.Grant::withdraw);
  }
}

package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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

  private static final int GONE = Integer.MIN_VALUE / 2;
  private static final VarHandle USERS = usersHandle();

  private static VarHandle usersHandle() {
    try {
      return MethodHandles.lookup().findVarHandle(SoftwareRegion.class, "users", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Keys that peers hold to this region, to be withdrawn with it. Bounded by the grants of all
  /// links.
  private final List<Grants.Grant> grants = new ArrayList<>();

  private final SoftwareDomain domain;
  private final MemorySegment memory;
  private final @Nullable FileMapping file;
  private final @Nullable Object keepAlive;
  private boolean isWithdrawn;

  /// Accesses in progress; far below zero once the region is gone.
  private volatile int users;

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

  /// Begins an access to the memory; false when the region is gone. Whoever entered leaves soon:
  /// deregistration waits for it.
  boolean enter() {
    if ((int) USERS.getAndAdd(this, 1) >= 0) {
      return true;
    }
    leave();
    return false;
  }

  void leave() {
    USERS.getAndAdd(this, -1);
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

  /// Takes all keys back and waits until nobody uses them, here or at a peer.
  void withdraw() {
    USERS.getAndAdd(this, GONE);
    while ((int) USERS.getVolatile(this) != GONE) {
      LockSupport.parkNanos(10_000);
    }
    List<Grants.Grant> withdrawn;
    synchronized (this) {
      isWithdrawn = true;
      withdrawn = List.copyOf(grants);
      grants.clear();
    }
    withdrawn.forEach(Grants.Grant::withdraw);
  }
}

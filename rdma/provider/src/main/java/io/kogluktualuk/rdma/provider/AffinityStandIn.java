package io.kogluktualuk.rdma.provider;

import com.ibm.disni.util.MemoryUtils;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the place of DiSNI's `NativeAffinity`.
///
/// That class loads DiSNI's native library when it is initialised, and DiSNI's and DaRPC's
/// processor threads call it before they do anything. Its library is in no registry, and pinning
/// threads to cores is not wanted here. A class of the same name, which does nothing, is defined in
/// DiSNI's class loader before the original is loaded; that does not depend on the order of the
/// class path.
final class AffinityStandIn {

  private static final Logger LOG = LoggerFactory.getLogger(AffinityStandIn.class);
  private static final ClassDesc NAME = ClassDesc.of("com.ibm.disni.util.NativeAffinity");

  private AffinityStandIn() {}

  static void define() throws IllegalAccessException {
    MethodHandles.Lookup inside =
        MethodHandles.privateLookupIn(MemoryUtils.class, MethodHandles.lookup());
    try {
      Class<?> defined = inside.defineClass(bytes());
      assert defined.getName().equals("com.ibm.disni.util.NativeAffinity");
    } catch (LinkageError e) {
      LOG.debug("DiSNI's NativeAffinity was loaded before: {}", e.getMessage());
    }
  }

  private static byte[] bytes() {
    int flags = AccessFlag.PUBLIC.mask() | AccessFlag.STATIC.mask();
    return ClassFile.of()
        .build(
            NAME,
            type ->
                type.withFlags(AccessFlag.PUBLIC, AccessFlag.SUPER)
                    .withMethodBody(
                        "setAffinity",
                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long),
                        flags,
                        code -> code.return_())
                    .withMethodBody(
                        "getAffinity",
                        MethodTypeDesc.of(ConstantDescs.CD_long),
                        flags,
                        code -> code.lconst_0().lreturn()));
  }
}

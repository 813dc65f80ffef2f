package io.kogluktualuk.fabric.systemtests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/// Which room may import which: the picture of ARCHITECTURE.md, held against the classes.
final class ArrowsTest {

  private static final String ROOT = "io.kogluktualuk.";

  private static final String[] CORE = {
    ROOT + "fabric.hash..",
    ROOT + "fabric.blob..",
    ROOT + "fabric.codec..",
    ROOT + "fabric.transaction..",
    ROOT + "fabric.rpc..",
    ROOT + "fabric.fault..",
    ROOT + "fabric.units..",
    ROOT + "fabric.namespace..",
    ROOT + "fabric.lease..",
    ROOT + "fabric.library.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.kogluktualuk");

  @Test
  void theCoreKnowsTheJdkOnly() {
    check(
        classes()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(with(CORE, "java..", "org.jspecify..")));
  }

  @Test
  void foreignLibrariesStayBehindTheirDoors() {
    only("org.apache.ratis..", ROOT + "paxoslog.ratis..");
    // One benchmark is DaRPC as it comes.
    only("com.ibm.disni..", ROOT + "rdma..", ROOT + "fabric.benchmarks..");
    only("com.ibm.disni.verbs.impl..", ROOT + "rdma.ibverbs..");
    only("com.ibm.darpc..", ROOT + "rdma.transport..", ROOT + "fabric.benchmarks..");
    only("run.endive..", ROOT + "computenode.vm..");
    only("picocli..", ROOT + "fabric.cli..");
    only("io.grpc..", ROOT + "fabric.benchmarks..");
    only("org.openucx..", ROOT + "fabric.benchmarks..");
    only("com.fasterxml..", ROOT + "fabric.cli..");
    only("com.typesafe..", ROOT + "fabric.node.config..");
    // The peer of one benchmark, and what the pipeline demo has beside it, is Netty as it comes.
    only(
        "io.netty..",
        ROOT + "rdma.software..",
        ROOT + "fabric.pipeline.tcp..",
        ROOT + "fabric.demo.photos..",
        ROOT + "fabric.benchmarks..");
    only("redis.clients..", ROOT + "fabric.pipeline.redis..");
    only("org.bouncycastle..", ROOT + "fabric.trust..");
    only("io.prometheus..", ROOT + "rdma.transport.rpc..", ROOT + "fabric.node..");
  }

  @Test
  void nodesMeetThroughTheirApisAndTheReader() {
    never(ROOT + "memnode..", ROOT + "computenode..", ROOT + "controlplane.server..");
    never(ROOT + "computenode..", ROOT + "memnode.store..", ROOT + "memnode.server..");
    never(ROOT + "computenode..", ROOT + "controlplane.server..", ROOT + "controlplane.model..");
    never(ROOT + "controlplane..", ROOT + "memnode..", ROOT + "computenode..");
    never(ROOT + "rdma..", ROOT + "memnode..", ROOT + "computenode..", ROOT + "controlplane..");
    never(ROOT + "controlplane.api..", ROOT + "rdma..", ROOT + "paxoslog..");
    never(
        ROOT + "controlplane.client..",
        ROOT + "controlplane.server..",
        ROOT + "controlplane.model..",
        ROOT + "paxoslog..");
    never(ROOT + "paxoslog..", ROOT + "rdma..", ROOT + "controlplane..");
  }

  @Test
  void theClientKnowsNoServer() {
    never(
        ROOT + "fabric.client..",
        ROOT + "memnode.server..",
        ROOT + "memnode.store..",
        ROOT + "computenode.server..",
        ROOT + "computenode.runtime..",
        ROOT + "computenode.vm..",
        ROOT + "controlplane.server..",
        ROOT + "controlplane.model..",
        ROOT + "paxoslog..");
  }

  @Test
  void whatApplicationsSeeKnowsNothingOfOperators() {
    never(ROOT + "fabric.client", ROOT + "fabric.client.operator..");
    never(ROOT + "fabric.pipeline..", ROOT + "fabric.client.operator..");
  }

  @Test
  void pipelinesKnowTheClientAndNoNode() {
    never(
        ROOT + "fabric.pipeline..",
        ROOT + "memnode..",
        ROOT + "computenode.server..",
        ROOT + "computenode.runtime..",
        ROOT + "computenode.vm..",
        ROOT + "controlplane.server..",
        ROOT + "controlplane.model..",
        ROOT + "controlplane.client..",
        ROOT + "paxoslog..",
        ROOT + "rdma..");
    never(ROOT + "fabric.client..", ROOT + "fabric.pipeline..");
  }

  @Test
  void replicatedStateSeesNeitherClockNorChanceNorThreads() {
    check(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "controlplane.model..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.util.concurrent..", "java.util.random..", "java.nio.file..", "java.net..")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime"));
  }

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("io.kogluktualuk.(*.*)..").should().beFreeOfCycles());
  }

  @Test
  void onlyTheCommandLineEndsTheProcess() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "fabric.cli..")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
  }

  private static void only(String library, String... doors) {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(doors)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library));
  }

  private static void never(String room, String... others) {
    check(
        noClasses()
            .that()
            .resideInAPackage(room)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others));
  }

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  private static String[] with(String[] packages, String... more) {
    String[] all = java.util.Arrays.copyOf(packages, packages.length + more.length);
    System.arraycopy(more, 0, all, packages.length, more.length);
    return all;
  }
}

package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.namespace.Binding;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog ns set`.
///
/// **Threading:** one thread.
@Command(
    name = "set",
    customSynopsis = "kog ns set [OPTION]... NS PATH (REF | file LOCAL | do PROGRAM [ARG]...)",
    description = {
      "Bind a path to a value, to a local file or directory, or to a computation; what was there is"
          + " replaced, the directories above it are made, and so is a root that does not exist."
    },
    footer = {
      "",
      "Example:",
      "  kog ns set releases/v1 /data/trades 3f1a2b3c",
      "  kog ns set releases/v1 /src file ./src",
      "  kog ns set --input /data/trades releases/v1 /out do /bin/sort /data/trades"
    })
final class NsSetCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--input",
      paramLabel = "[AS=]PATH",
      description =
          "With 'do': the computation sees only this, and what else is named so. Default: the whole"
              + " namespace.")
  private @Nullable List<String> inputs;

  @Parameters(index = "0", paramLabel = "NS", description = "The name of a root, or a REF.")
  private String namespace = "";

  @Parameters(index = "1", paramLabel = "PATH", description = "What to bind: /bin/sort.")
  private String path = "";

  @Parameters(
      index = "2..*",
      arity = "1..*",
      paramLabel = "SOURCE",
      description = "REF, or 'file LOCAL', or 'do PROGRAM ARG…'.")
  private List<String> source = List.of();

  NsSetCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    NamePath where = NamePath.parse(path);
    if (inputs != null && !source.getFirst().equals("do")) {
      throw new InvalidArgument("--input: only what is computed has inputs, see 'do'");
    }
    try (Fabric fabric = options.connect()) {
      Ref value = value(fabric);
      return NamespaceArgument.edit(
          options, fabric, namespace, true, editor -> editor.bind(where, value));
    }
  }

  private Ref value(Fabric fabric) {
    Path folder = options.terminal().folder();
    List<String> rest = source.subList(1, source.size());
    String first = source.getFirst();
    if (first.equals("do") && !rest.isEmpty()) {
      return fabric.trees().load(computation(rest), folder);
    }
    if (first.equals("file") && rest.size() == 1) {
      return fabric.trees().load(new Binding.Local(Path.of(rest.getFirst())), folder);
    }
    if (rest.isEmpty()) {
      return TreePath.find(fabric, first);
    }
    throw new InvalidArgument(
        "expected REF, 'file LOCAL' or 'do PROGRAM ARG…', found '"
            + String.join(" ", source)
            + "'");
  }

  private Binding.Do computation(List<String> argv) {
    return new Binding.Do(
        argv, inputs == null ? null : inputs.stream().map(Thunk.Input::parse).toList());
  }
}

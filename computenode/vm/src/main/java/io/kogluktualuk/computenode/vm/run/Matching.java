package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.ModuleShape;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import org.jspecify.annotations.Nullable;

/// Whether what is offered may stand for an import: functions of an equal signature; globals of an
/// equal type, both constant or both not; tables and memories that are at least as large as wanted
/// and will not grow beyond what is wanted.
final class Matching {

  private Matching() {}

  static Extern.Function function(ModuleShape.Import wanted, @Nullable Extern found) {
    String what = "the module imports the function " + wanted;
    if (!(require(what, found) instanceof Extern.Function function)) {
      throw new InvalidArgument(what + "; expected a function, found " + words(found));
    }
    if (!function.signature().equals(wanted.signature())) {
      throw new InvalidArgument(
          what
              + "; expected the signature "
              + function.signature()
              + ", found "
              + wanted.signature());
    }
    return function;
  }

  static Extern.Shared shared(ModuleShape.SharedImport wanted, @Nullable Extern found) {
    String what = "the module imports the " + wanted.type().kind() + " " + wanted;
    if (require(what, found) instanceof Extern.Shared shared
        && shared.type().fits(shared.size(), wanted.type())) {
      return shared;
    }
    throw new InvalidArgument(what + "; expected " + wanted.type() + ", found " + words(found));
  }

  private static Extern require(String what, @Nullable Extern found) {
    if (found == null) {
      throw new InvalidArgument(what + ", which is not offered here");
    }
    return found;
  }

  private static String words(@Nullable Extern found) {
    return switch (found) {
      case null -> "nothing";
      case Extern.Function function -> "a function " + function.signature();
      case Extern.OfGlobal global -> global.type().toString();
      case Extern.Shared shared -> shared.type() + ", now " + shared.size();
    };
  }
}

package io.kogluktualuk.computenode.vm.run;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;

/// Loads the classes compiled from one module, each module in a loader of its own, so that they can
/// be unloaded with it.
final class GuestClasses extends ClassLoader {

  private final Map<String, byte[]> classes;

  private GuestClasses(Map<String, byte[]> classes) {
    super(GuestClasses.class.getClassLoader());
    this.classes = classes;
  }

  /// Loads; returns what makes the code of one instance.
  static Function<Instance, Machine> define(CompiledClasses compiled) {
    try {
      Class<?> main =
          new GuestClasses(new ConcurrentHashMap<>(compiled.classes())).loadClass(compiled.main());
      MethodHandle constructor =
          MethodHandles.publicLookup()
              .findConstructor(main, MethodType.methodType(void.class, Instance.class))
              .asType(MethodType.methodType(Machine.class, Instance.class));
      return instance -> construct(constructor, instance);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("compiled code has no constructor of one instance", e);
    }
  }

  private static Machine construct(MethodHandle constructor, Instance instance) {
    try {
      return (Machine) constructor.invokeExact(instance);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("compiled code threw a checked exception", e);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.remove(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }
}

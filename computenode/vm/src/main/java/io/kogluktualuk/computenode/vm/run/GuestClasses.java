package io.kogluktualuk.computenode.vm.run;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Loads the classes compiled from one module, each module in a loader of its own, so that they
/// can be unloaded with it.
final class GuestClasses extends ClassLoader {

  private final Map<String, byte[]> classes;

  GuestClasses(Map<String, byte[]> classes) {
    super(GuestClasses.class.getClassLoader());
    this.classes = new ConcurrentHashMap<>(classes);
  }

  /// Loads, verifies and initialises a class, unless that was done.
  void initialise(String name) {
    try {
      Class<?> _ = Class.forName(name, true, this);
    } catch (ClassNotFoundException e) {
      throw new NoClassDefFoundError(name);
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

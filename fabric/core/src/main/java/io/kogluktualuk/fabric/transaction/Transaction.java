package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A deterministic program run over a namespace: same transaction, same outcome, on every machine.
///
/// ```
/// "kogX" u8 version=1 │ varint vm │ tree hash │ varint tree length │ limits
///        │ varint args │ { text } …
/// ```
///
/// The hash of this encoding is the transaction's **key**. The encoding is stored as a blob, so a
/// key is also the name of what it stands for.
///
/// @param namespace the tree that the program sees as `/`
/// @param argv the program's path in the namespace, then its arguments
/// @param limits what it may use
/// @param vmVersion the version of the VM's semantics, [#VM_VERSION] for new transactions
public record Transaction(Ref namespace, List<String> argv, Limits limits, int vmVersion) {

  /// Changes whenever the same program could give another outcome than before.
  public static final int VM_VERSION = 7;

  private static final byte[] FAMILY_MAGIC = "kogF\u0001".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MAGIC = "kogX\u0001".getBytes(StandardCharsets.US_ASCII);

  public Transaction {
    if (namespace.kind() != Kind.TREE) {
      throw new IllegalArgumentException("a namespace is a tree, found " + namespace);
    }
    argv = List.copyOf(argv);
    if (argv.isEmpty() || argv.size() > Thunk.WORDS_MAX) {
      throw new IllegalArgumentException(
          "a transaction has 1 to " + Thunk.WORDS_MAX + " arguments");
    }
  }

  public static Transaction of(Ref namespace, List<String> argv, Limits limits) {
    return new Transaction(namespace, argv, limits, VM_VERSION);
  }

  /// The canonical encoding, as a blob; its hash is the key.
  public Blob encode() {
    CanonicalWriter writer = new CanonicalWriter(Blob.LENGTH_MAX);
    writer.raw(MAGIC).varint(vmVersion).hash(namespace.hash()).varint(namespace.length());
    Limits.CODEC.write(limits, writer);
    writer.varint(argv.size());
    argv.forEach(writer::text);
    return Blob.of(writer.toBytes());
  }

  public Hash key() {
    return encode().hash();
  }

  /// All but the namespace, as a hash: transactions of one family run the same way until their
  /// namespaces give them different answers.
  ///
  /// ```
  /// SHA-256 ( "kogF" u8 version=1 │ varint vm │ limits │ varint args │ { text } … )
  /// ```
  public Hash family() {
    CanonicalWriter writer = new CanonicalWriter();
    writer.raw(FAMILY_MAGIC).varint(vmVersion);
    Limits.CODEC.write(limits, writer);
    writer.varint(argv.size());
    argv.forEach(writer::text);
    return new Sha256().update(writer.buffer(), 0, writer.length()).finish();
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the transaction in error messages
  /// @throws MalformedEncoding for any other bytes
  public static Transaction decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("transaction " + name, encoding);
    reader.magic(MAGIC);
    int vmVersion = (int) reader.varint(Integer.MAX_VALUE, "the VM version");
    Hash namespace = reader.hash();
    Ref root = new Ref(Kind.TREE, namespace, reader.varint(Blob.LENGTH_MAX, "the tree's length"));
    Limits limits = Limits.CODEC.read(reader);
    int count = reader.count(Thunk.WORDS_MAX, 1, "the number of arguments");
    if (count == 0) {
      throw reader.malformed("there are no arguments");
    }
    List<String> argv = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      argv.add(reader.text(Thunk.WORD_BYTES_MAX, "argument " + i));
    }
    reader.end();
    return new Transaction(root, argv, limits, vmVersion);
  }
}

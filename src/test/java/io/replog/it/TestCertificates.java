package io.replog.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A root of a test's own, and certificates of it for nodes on loopback, as PEM files. */
final class TestCertificates {
  private static final String PASSWORD = "only-for-a-test";

  private final Path directory;
  private final Path store;
  private int numbered;

  TestCertificates(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.store = directory.resolve("store.p12");
    keytool("-genkeypair", "-alias", "root", "-dname", "CN=root", "-ext", "bc:c=ca:true");
    write(roots(), pem("CERTIFICATE", encoded("root")));
  }

  Path roots() {
    return directory.resolve("roots.pem");
  }

  Path certificate() {
    return directory.resolve("node.pem");
  }

  Path key() {
    return directory.resolve("node.key");
  }

  /** Makes a new certificate and puts it where the last one was. Returns its name. */
  String issue() throws IOException {
    String alias = "node-" + numbered++;
    keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-dname",
        "CN=" + alias,
        "-signer",
        "root",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost");
    write(key(), pem("PRIVATE KEY", keyOf(alias).getEncoded()));
    write(certificate(), pem("CERTIFICATE", encoded(alias)));
    return alias;
  }

  private void keytool(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(command + ": " + said);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] encoded(String alias) {
    try {
      Certificate certificate = load().getCertificate(alias);
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private Key keyOf(String alias) {
    try {
      return load().getKey(alias, PASSWORD.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private KeyStore load() throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore loaded = KeyStore.getInstance("PKCS12");
      loaded.load(in, PASSWORD.toCharArray());
      return loaded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes), what);
  }

  /** As a Secret is changed: all of it at once. */
  static void write(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

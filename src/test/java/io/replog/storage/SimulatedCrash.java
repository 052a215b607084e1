package io.replog.storage;

/**
 * The machine went down in the middle of a disk operation. Nothing may catch it but the test that
 * planned it.
 */
public final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1;

  SimulatedCrash(long operation, String what) {
    super("crash at disk operation " + operation + ": " + what);
  }
}

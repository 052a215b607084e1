package io.replog.client;

import java.net.URI;

/** No connection: nothing was asked. */
public final class UnreachableException extends ClientException {
  private static final long serialVersionUID = 1L;

  UnreachableException(URI url, String why, Throwable cause) {
    super("cannot connect to " + url + ": " + why, cause);
  }
}

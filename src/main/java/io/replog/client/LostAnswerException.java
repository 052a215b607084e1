package io.replog.client;

import java.net.URI;

/** The request went out and no whole answer came back: what it did is not known. */
public final class LostAnswerException extends ClientException {
  private static final long serialVersionUID = 1L;

  LostAnswerException(URI url, String why, Throwable cause) {
    super("no answer from " + url + ": " + why, cause);
  }
}

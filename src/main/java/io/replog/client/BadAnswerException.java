package io.replog.client;

import java.net.URI;

/** An answer that no node of replog gives: something else listens there. */
public final class BadAnswerException extends ClientException {
  private static final long serialVersionUID = 1L;

  BadAnswerException(URI url, int status, String why) {
    super(url + " does not answer as a replog node does: " + why + " (HTTP " + status + ")");
  }
}

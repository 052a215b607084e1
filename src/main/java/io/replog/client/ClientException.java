package io.replog.client;

/** Why a call did not end as it should. */
public abstract sealed class ClientException extends Exception
    permits ProblemException, UnreachableException, LostAnswerException, BadAnswerException {
  private static final long serialVersionUID = 1L;

  ClientException(String message) {
    super(message);
  }

  ClientException(String message, Throwable cause) {
    super(message, cause);
  }
}

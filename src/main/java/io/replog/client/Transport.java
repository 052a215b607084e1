package io.replog.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one node. The JDK's client, because a command pays for its start each time: it
 * answers in a fifth of the processor time that the server's own client takes to come up.
 */
final class Transport implements AutoCloseable {
  private static final int MAX_PROBLEM = 1 << 16;

  private final URI url;
  private final Duration toConnect;
  private final Credentials credentials;
  private final HttpClient http;

  Transport(URI url, Duration toConnect, Credentials credentials) {
    this.url = url;
    this.toConnect = toConnect;
    this.credentials = credentials;
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(toConnect);
    if (credentials.tls() != null) {
      builder.sslContext(credentials.tls());
    }
    this.http = builder.build();
  }

  URI url() {
    return url;
  }

  HttpRequest.Builder request(String pathAndQuery, String accept) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + pathAndQuery)).header("Accept", accept);
    return credentials.token() == null
        ? request
        : request.header("Authorization", "Bearer " + credentials.token());
  }

  /**
   * Sends a request and waits for the head of the answer; whoever called closes the body.
   *
   * @param timeout for the head, null to wait for as long as it takes
   */
  HttpResponse<InputStream> send(HttpRequest.Builder request, @Nullable Duration timeout)
      throws UnreachableException, LostAnswerException {
    if (timeout != null) {
      request.timeout(timeout);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (HttpConnectTimeoutException e) {
      throw new UnreachableException(url, "nothing within " + toConnect.toSeconds() + " s", e);
    } catch (ConnectException e) {
      throw new UnreachableException(url, why(e), e);
    } catch (HttpTimeoutException e) {
      throw new LostAnswerException(url, "nothing in time", e);
    } catch (IOException e) {
      throw lost(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostAnswerException(url, "interrupted", e);
    }
  }

  /** The whole body as text. */
  String body(HttpResponse<InputStream> response) throws LostAnswerException {
    try (InputStream body = response.body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** What an answer that is no success says. */
  ClientException refusal(HttpResponse<InputStream> response) throws LostAnswerException {
    String text;
    try (InputStream body = response.body()) {
      text = new String(body.readNBytes(MAX_PROBLEM), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw lost(e);
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (type.startsWith("application/problem+json")) {
      try {
        return new ProblemException(Problem.of(Json.read(text), response.statusCode()));
      } catch (IOException e) {
        return bad(response, "a problem that is not JSON");
      }
    }
    return bad(response, type.isEmpty() ? "an empty answer" : "an answer of type " + type);
  }

  BadAnswerException bad(HttpResponse<?> response, String why) {
    return new BadAnswerException(url, response.statusCode(), why);
  }

  LostAnswerException lost(IOException e) {
    String why = e.getMessage();
    return new LostAnswerException(
        url, "the connection ended" + (why == null ? "" : " (" + why + ")"), e);
  }

  private static String why(ConnectException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "no such host";
      }
    }
    String message = e.getMessage();
    return message == null ? "connection refused" : message.toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

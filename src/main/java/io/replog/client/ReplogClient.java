package io.replog.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Talks to one node over its public HTTP API. Reads are tried again a few times when their answer
 * is lost, and go on where they were. An append is never sent twice unless it has a key, by which
 * the node knows a repetition. No redirect is followed: a node that is not the master says which
 * one is.
 *
 * <p>Safe for use by several threads.
 */
public final class ReplogClient implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  /** A message of 1 MiB whose every byte is escaped, and the other members. */
  private static final int MAX_LINE = 7 << 20;

  private static final String JSON = "application/json";

  private final Credentials credentials;
  private final Transport transport;
  private final Limits limits;

  /** Of the node at this URL, {@code http://host:port}; nothing is asked yet. */
  public ReplogClient(URI url) {
    this(url, Credentials.NONE);
  }

  /**
   * A client of a cluster that asks who is there.
   *
   * @param credentials also sent to the nodes that {@link #at} leads to
   */
  public ReplogClient(URI url, Credentials credentials) {
    this(url, Limits.DEFAULT, credentials);
  }

  /** The same with other limits. */
  public ReplogClient(URI url, Limits limits) {
    this(url, limits, Credentials.NONE);
  }

  /** The same with both. */
  public ReplogClient(URI url, Limits limits, Credentials credentials) {
    this.credentials = credentials;
    this.limits = limits;
    this.transport = new Transport(url, limits.connect(), credentials);
  }

  /** A client of another node of the same cluster, with the same limits and credentials. */
  public ReplogClient at(URI other) {
    return new ReplogClient(other, limits, credentials);
  }

  /**
   * Appends, and waits until the write concern is met or its timeout has passed.
   *
   * @throws LostAnswerException if it is not known whether the message is in the log
   */
  public Appended append(Append append) throws ClientException {
    int left = append.key() == null ? 1 : limits.attempts();
    while (true) {
      left--;
      try {
        return appendOnce(append);
      } catch (LostAnswerException e) {
        if (left == 0 || interrupted()) {
          throw e;
        }
      } catch (ProblemException e) {
        if (left == 0 || e.problem().status() != 504) {
          throw e;
        }
      }
      pause(PAUSE);
    }
  }

  private Appended appendOnce(Append append) throws ClientException {
    HttpRequest.Builder request =
        transport
            .request("/messages", JSON)
            .header("Content-Type", JSON)
            .POST(HttpRequest.BodyPublishers.ofString(append.json()));
    if (append.key() != null) {
      request.header("Idempotency-Key", append.key());
    }
    Duration timeout = append.timeout();
    HttpResponse<InputStream> response =
        transport.send(request, timeout == null ? null : timeout.plus(limits.beyondTimeout()));
    int status = response.statusCode();
    if (status != 201 && status != 202) {
      throw transport.refusal(response);
    }
    boolean replayed =
        response.headers().firstValue("Idempotent-Replayed").orElse("").equals("true");
    return parsed(
        response,
        transport.body(response),
        (json, text) -> Appended.of(json, status == 201, replayed, text));
  }

  /** Reads record by record, as they come. */
  public void read(Read wanted, Consumer<LogRecord> each) throws ClientException {
    Read read = wanted;
    long next = read.from();
    int failures = 0;
    while (!read.isDoneAt(next)) {
      long before = next;
      try (Records records = records(read.after(next).query(), "application/x-ndjson")) {
        LogRecord record = records.nextLine();
        while (record != null) {
          each.accept(record);
          read = read.beginningWith(record.sequence());
          next = record.sequence() + 1;
          record = records.nextLine();
        }
        return;
      } catch (LostAnswerException e) {
        failures = next > before ? 1 : failures + 1;
        if (failures == limits.attempts() || interrupted()) {
          throw e;
        }
        pause(PAUSE);
      }
    }
  }

  /** Copies the answer to a read, one JSON document, as it comes. */
  public void copyTo(Read read, Writer out) throws ClientException {
    HttpResponse<InputStream> response = get(read.query(), JSON, null);
    try (Reader body = new InputStreamReader(response.body(), StandardCharsets.UTF_8)) {
      body.transferTo(out);
    } catch (IOException e) {
      throw transport.lost(e);
    }
  }

  /**
   * Follows the log. Once it has begun, a lost connection or a node that is away is no end: it goes
   * on where it was when the node is back.
   *
   * @param from the first sequence, 0 for the first that the log has
   * @param each takes a record and says whether to go on
   * @param away is told once whenever the node is lost
   */
  public void tail(long from, Predicate<LogRecord> each, Consumer<ClientException> away)
      throws ClientException {
    long next = from;
    boolean begun = false;
    boolean told = false;
    while (!Thread.currentThread().isInterrupted()) {
      String path = next == 0 ? "/messages" : "/messages?from=" + next;
      try (Records records = records(path, "text/event-stream")) {
        begun = true;
        LogRecord record = records.nextEvent();
        while (record != null) {
          told = false;
          if (record.sequence() >= next && !each.test(record)) {
            return;
          }
          next = Math.max(next, record.sequence() + 1);
          record = records.nextEvent();
        }
      } catch (UnreachableException | LostAnswerException | ProblemException e) {
        if (!begun || (e instanceof ProblemException p && p.problem().status() < 500)) {
          throw e;
        }
        if (!told) {
          away.accept(e);
        }
        told = true;
      }
      pause(RECONNECT);
    }
  }

  /** The cluster as this node sees it. */
  public ClusterView cluster() throws ClientException {
    return get("/cluster", ClusterView::of);
  }

  /** The nodes' logs compared, by the master. */
  public Equality verify() throws ClientException {
    return get("/cluster/verify", Equality::of);
  }

  /** The hash at a sequence, which stands for everything up to it. */
  public String hashAt(long sequence) throws ClientException {
    return get("/hash/" + sequence, (json, text) -> json.text("hash"));
  }

  /**
   * Has the entries below a sequence dropped, as far as every secondary has them.
   *
   * @throws LostAnswerException if it is not known whether it was done; it can be repeated
   */
  public Trimmed trim(long before) throws ClientException {
    HttpRequest.Builder request =
        transport
            .request("/trim", JSON)
            .header("Content-Type", JSON)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    Json.write(out -> out.writeNumberField("before", before))));
    HttpResponse<InputStream> response = transport.send(request, limits.answer());
    if (response.statusCode() != 200) {
      throw transport.refusal(response);
    }
    return parsed(response, transport.body(response), Trimmed::of);
  }

  /** The secondaries that this node knows. */
  public List<Secondary> secondaries() throws ClientException {
    return get(
        "/secondaries",
        (json, text) -> json.objects("secondaries").stream().map(Secondary::of).toList());
  }

  /** Whether the node is ready; asked once. */
  public Health health() throws ClientException {
    HttpResponse<InputStream> response =
        transport.send(transport.request("/health/readiness", JSON), limits.answer());
    int status = response.statusCode();
    if (status != 200 && status != 503) {
      throw transport.refusal(response);
    }
    return new Health(status == 200, transport.body(response));
  }

  /**
   * Switches faults on, for trials; what is null goes back to what the node was started with.
   *
   * @throws ProblemException with status 404 where faults are not enabled
   */
  public void setFaults(Faults faults) throws ClientException {
    HttpRequest.Builder request =
        transport
            .request("/faults", JSON)
            .header("Content-Type", JSON)
            .PUT(HttpRequest.BodyPublishers.ofString(faults.json()));
    expect(200, transport.send(request, limits.answer()));
  }

  /** Switches all faults off. */
  public void clearFaults() throws ClientException {
    expect(204, transport.send(transport.request("/faults", JSON).DELETE(), limits.answer()));
  }

  /** Whether faults can be switched on at this node. */
  public boolean faultsEnabled() throws ClientException {
    HttpResponse<InputStream> response =
        transport.send(transport.request("/faults", JSON), limits.answer());
    if (response.statusCode() != 404) {
      expect(200, response);
      return true;
    }
    transport.body(response);
    return false;
  }

  private void expect(int status, HttpResponse<InputStream> response) throws ClientException {
    if (response.statusCode() != status) {
      throw transport.refusal(response);
    }
    transport.body(response);
  }

  /**
   * Ends it: calls that wait fail with {@link LostAnswerException}, and what they asked for may
   * happen all the same.
   */
  @Override
  public void close() {
    transport.close();
  }

  private <T> T get(String path, BiFunction<Json, String, @Nullable T> reader)
      throws ClientException {
    for (int left = limits.attempts(); ; left--) {
      try {
        HttpResponse<InputStream> response = get(path, JSON, limits.answer());
        return parsed(response, transport.body(response), reader);
      } catch (LostAnswerException e) {
        if (left == 1 || interrupted()) {
          throw e;
        }
        pause(PAUSE);
      }
    }
  }

  private HttpResponse<InputStream> get(String path, String accept, @Nullable Duration timeout)
      throws ClientException {
    HttpResponse<InputStream> response = transport.send(transport.request(path, accept), timeout);
    if (response.statusCode() != 200) {
      throw transport.refusal(response);
    }
    return response;
  }

  private <T> T parsed(
      HttpResponse<?> response, String text, BiFunction<Json, String, @Nullable T> reader)
      throws BadAnswerException {
    try {
      T value = reader.apply(Json.read(text), text);
      if (value != null) {
        return value;
      }
    } catch (IOException e) {
      // said below
    }
    throw transport.bad(response, "not the JSON that was asked for");
  }

  private Records records(String path, String accept) throws ClientException {
    HttpResponse<InputStream> response = get(path, accept, null);
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (!type.startsWith(accept)) {
      throw transport.refusal(response);
    }
    return new Records(response);
  }

  /** Whoever waited does so no longer: nothing is tried again. */
  private static boolean interrupted() {
    return Thread.currentThread().isInterrupted();
  }

  private static void pause(Duration length) {
    try {
      Thread.sleep(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A stream of records, a line or an event each. */
  private final class Records implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final LineReader lines;

    Records(HttpResponse<InputStream> response) {
      this.response = response;
      this.lines = new LineReader(response.body(), MAX_LINE);
    }

    @Nullable LogRecord nextLine() throws ClientException {
      String line = line();
      while (line != null && line.isEmpty()) {
        line = line();
      }
      return line == null ? null : record(line);
    }

    /** Comments, names and ids are passed over: the record says its sequence itself. */
    @Nullable LogRecord nextEvent() throws ClientException {
      StringBuilder data = new StringBuilder();
      for (String line = line(); line != null; line = line()) {
        if (line.startsWith("data:")) {
          data.append(data.isEmpty() ? "" : "\n").append(line.substring(5).stripLeading());
        } else if (line.isEmpty() && !data.isEmpty()) {
          return record(data.toString());
        }
      }
      return null;
    }

    private @Nullable String line() throws ClientException {
      try {
        return lines.next();
      } catch (LineReader.TooLongException e) {
        throw transport.bad(response, e.toString());
      } catch (IOException e) {
        throw transport.lost(e);
      }
    }

    private LogRecord record(String text) throws BadAnswerException {
      return parsed(response, text, LogRecord::of);
    }

    @Override
    public void close() {
      try {
        response.body().close();
      } catch (IOException e) {
        // it is not read any more
      }
    }
  }
}

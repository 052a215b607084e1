package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stream of server-sent events, read as they come. */
final class EventStream implements AutoCloseable {
  /** One event; what was not sent is empty. */
  record Event(String id, String name, String data) {
    Json json() {
      return Json.parse(data);
    }
  }

  private final HttpResponse<InputStream> response;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  private EventStream(HttpResponse<InputStream> response) {
    this.response = response;
  }

  /** Opens it; further headers come in pairs of name and value. */
  static EventStream open(NodeApi api, String path, String... headers) {
    String[] all = new String[headers.length + 2];
    all[0] = "Accept";
    all[1] = "text/event-stream";
    System.arraycopy(headers, 0, all, 2, headers.length);
    HttpResponse<InputStream> response = api.open(path, all);
    String type = response.headers().firstValue("Content-Type").orElse("none");
    if (response.statusCode() != 200 || !type.startsWith("text/event-stream")) {
      throw new AssertionError(path + " answered " + response.statusCode() + " " + type);
    }
    EventStream stream = new EventStream(response);
    Thread.ofVirtual().start(stream::read);
    return stream;
  }

  /** The next event. */
  Event next() throws InterruptedException {
    Event event = events.poll(10, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no event in 10 s from " + response.uri());
    }
    return event;
  }

  /** Whether nothing comes for that long. */
  boolean isSilentFor(Duration time) throws InterruptedException {
    return events.poll(time.toMillis(), TimeUnit.MILLISECONDS) == null;
  }

  private void read() {
    try (var lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
      String id = "";
      String name = "";
      StringBuilder data = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id:")) {
          id = line.substring(3).strip();
        } else if (line.startsWith("event:")) {
          name = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          data.append(line.substring(5).strip());
        } else if (line.isEmpty() && !data.isEmpty()) {
          events.add(new Event(id, name, data.toString()));
          data.setLength(0);
          name = "";
        }
      }
    } catch (IOException closed) {
      // the test has ended, or the node
    }
  }

  @Override
  public void close() throws IOException {
    response.body().close();
  }
}

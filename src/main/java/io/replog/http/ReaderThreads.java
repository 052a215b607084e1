package io.replog.http;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads that read the log for answers. Platform threads that are never interrupted: an
 * interrupt would close the file under every reader. A stream has at most one task here, so the
 * queue is bounded by the number of connections.
 */
@Factory
final class ReaderThreads {
  static final String READERS = "readers";

  private static final int THREADS = 4;

  @Singleton
  @Named(READERS)
  @Bean(preDestroy = "shutdown")
  ExecutorService readers() {
    return Executors.newFixedThreadPool(
        THREADS, Thread.ofPlatform().name("reader-", 0).daemon(true).factory());
  }
}

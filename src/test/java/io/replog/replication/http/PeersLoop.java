package io.replog.replication.http;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** An event loop for the links of tests, which runs as long as they do. */
public final class PeersLoop {
  public static final EventLoop INSTANCE =
      new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("peers", true), NioIoHandler.newFactory())
          .next();

  private PeersLoop() {}
}

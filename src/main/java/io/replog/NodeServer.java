package io.replog;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.runtime.Micronaut;
import io.micronaut.runtime.server.EmbeddedServer;
import io.replog.cluster.SelfRegistration;
import io.replog.cluster.kubernetes.KubernetesCluster;
import io.replog.config.BadSettingException;
import io.replog.config.DeduplicationMode;
import io.replog.config.NodeKind;
import io.replog.config.NodeOptions;
import io.replog.config.NodeSettings;
import io.replog.config.Settings;
import io.replog.core.NodeRole;
import io.replog.evidence.BadKeyException;
import io.replog.http.AppendDefaults;
import io.replog.http.HttpLimits;
import io.replog.http.HttpSettings;
import io.replog.node.ClusterView;
import io.replog.node.EvidenceKeys;
import io.replog.node.Faults;
import io.replog.node.MasterNode;
import io.replog.node.Node;
import io.replog.node.NodeConfig;
import io.replog.node.NodeThread;
import io.replog.node.Outside;
import io.replog.node.SecondaryNode;
import io.replog.replication.http.HttpPeerTransport;
import io.replog.replication.http.ReplicationEndpoint;
import io.replog.storage.DamagedLogException;
import io.replog.storage.DataDirectory;
import io.replog.storage.Disk;
import io.replog.storage.FileDisk;
import io.replog.storage.LogOptions;
import io.replog.storage.StorageException;
import io.replog.trust.BadTrustFileException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node as a process: puts data directory, node thread, transport and HTTP server together, and
 * takes them apart in order.
 */
final class NodeServer {
  private static final Logger LOG = LoggerFactory.getLogger(NodeServer.class);
  private static final int BATCH_BYTES = 256 << 10;
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration OPEN = Duration.ofSeconds(3);
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private final NodeSettings settings;
  private final Disk disk;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final @Nullable KubernetesCluster kubernetes;
  private final NodeTrust trust;
  private @Nullable String notedMaster;
  private volatile boolean damaged;

  private NodeServer(NodeSettings settings, NodeTrust trust, Disk disk) {
    this.settings = settings;
    this.trust = trust;
    this.disk = disk;
    NodeSettings.Kubernetes where = settings.kubernetes();
    this.kubernetes =
        where != null && settings.kind() == NodeKind.MASTER ? new KubernetesCluster(where) : null;
  }

  /** Runs a node until it is told to stop. Returns the exit code. */
  static int run(NodeOptions options) {
    return run(options, FileDisk::new);
  }

  /**
   * The same over another disk.
   *
   * @param disks the disk of a data directory
   */
  static int run(NodeOptions options, Function<Path, Disk> disks) {
    NodeSettings settings;
    NodeTrust trust;
    try {
      Settings all = Settings.of(options);
      all.unknown().forEach(name -> LOG.warn("unknown setting {}: it is not heeded", name));
      settings = all.node();
      trust = new NodeTrust(settings.trust());
    } catch (BadSettingException | BadTrustFileException e) {
      System.err.println(e.getMessage());
      return USAGE;
    }
    return new NodeServer(settings, trust, disks.apply(settings.data())).run();
  }

  private int run() {
    DataDirectory directory;
    try {
      checkPort();
      directory = open();
    } catch (IOException e) {
      System.err.println(cannotListen(e));
      return FAILED;
    } catch (StorageException e) {
      System.err.println(e.getMessage());
      return FAILED;
    }
    EvidenceKeys keys;
    try {
      keys = trust.keys(directory.state().node());
    } catch (BadKeyException e) {
      System.err.println(e.getMessage());
      directory.close();
      return USAGE;
    }
    EventLoops loops = new EventLoops(Runtime.getRuntime().availableProcessors());
    NodeThread thread = new NodeThread(loops.node(), this::broken);
    ExecutorService syncThread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("log-sync").daemon(true).factory());
    // a restarted pod has another address under the same name; the JVM would keep the old one for
    // 30 s
    Security.setProperty("networkaddress.cache.ttl", "1");
    HttpPeerTransport transport =
        new HttpPeerTransport(
            loops.node(),
            trust.peers(),
            CONNECT,
            OPEN,
            HttpPeerTransport.DEFAULT_QUEUE_LIMIT_BYTES);
    Node node = node(directory, thread, syncThread, transport, keys);
    ReplicationEndpoint endpoint =
        new ReplicationEndpoint(trust.secret(), HttpPeerTransport.DEFAULT_QUEUE_LIMIT_BYTES);
    ApplicationContext context;
    try {
      context = serve(node, endpoint, loops);
    } catch (RuntimeException e) {
      System.err.println(cannotListen(e));
      directory.close();
      return FAILED;
    }
    LogCare care = care(node);
    Node.Subscription noting = node.onClusterChange(() -> noteMaster(node));
    // only now: a node that cannot listen must not found or take over anything
    thread.start();
    care.start();
    if (kubernetes != null && node instanceof MasterNode master) {
      kubernetes.start(context, master);
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  care.close();
                  stop(context, node, syncThread, transport, endpoint, loops);
                },
                "orderly-stop"));
    watchSupervisor();
    trust.watch();
    trust.warn(settings.host());
    LOG.info(
        "listening node={} role={} url={} data={}",
        node.id(),
        settings.kind(),
        settings.advertise(),
        settings.data());
    await();
    noting.close();
    return 0;
  }

  /** Before anything is formatted or logged: that the port is taken is one line, no more. */
  private void checkPort() throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(settings.host(), settings.port()));
    }
  }

  private String cannotListen(Exception e) {
    return "cannot listen on " + settings.host() + ":" + settings.port() + ": " + rootMessage(e);
  }

  private DataDirectory open() {
    String id = settings.id();
    boolean formatted = Files.exists(settings.data().resolve("state"));
    String wanted = id == null && !formatted ? settings.defaultId() : id;
    NodeRole role = settings.kind() == NodeKind.MASTER ? NodeRole.MASTER : NodeRole.SECONDARY;
    LogOptions options =
        LogOptions.DEFAULT.withSegmentBytes(Math.toIntExact(settings.segmentBytes()));
    try {
      return DataDirectory.open(disk, wanted, role, UUID::randomUUID, options);
    } catch (DamagedLogException damage) {
      if (!new DamagedStart(settings, trust, disk, options).repaired(damage)) {
        throw damage;
      }
    }
    return DataDirectory.open(disk, wanted, role, UUID::randomUUID, options);
  }

  /** Keeps on disk where the active master is, for a start that finds damage. */
  private void noteMaster(Node node) {
    ClusterView.Active active = node.cluster().active();
    if (active != null && !active.url().equals(notedMaster)) {
      notedMaster = active.url();
      OtherCopies.noteMaster(settings.data(), active.url());
    }
  }

  private Node node(
      DataDirectory directory,
      NodeThread thread,
      ExecutorService syncThread,
      HttpPeerTransport transport,
      EvidenceKeys keys) {
    NodeConfig config = config(directory.state().node());
    Faults faults = Faults.delayed(settings.delay());
    RandomGenerator random =
        RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom")
            .create(new SecureRandom().nextLong());
    return settings.kind() == NodeKind.MASTER
        ? new MasterNode(
            config, directory, thread, syncThread, transport, random, faults, outside(), keys)
        : new SecondaryNode(config, directory, thread, syncThread, transport, random, faults, keys);
  }

  private LogCare care(Node node) {
    return new LogCare(
        node,
        disk,
        trust,
        new LogCare.Plan(
            settings.scrub().bytesPerSecond(), settings.scrub().pause(), settings.repairTimeout()),
        new OtherCopies(settings)::urls,
        this::damaged);
  }

  private Outside outside() {
    return kubernetes == null
        ? Outside.NONE
        : new Outside(kubernetes.records(), kubernetes.members());
  }

  private NodeConfig config(String id) {
    List<URI> declared = settings.secondaries();
    NodeSettings.Detection detection = settings.detection();
    NodeSettings.Replication replication = settings.replication();
    NodeSettings.Appends appends = settings.appends();
    return new NodeConfig(
        id,
        settings.advertise().toString(),
        detection.heartbeat(),
        detection.suspected(),
        detection.unhealthy(),
        detection.electionTimeout(),
        replication.requestTimeout(),
        replication.retryBase(),
        replication.retryCeiling(),
        Math.toIntExact(replication.inFlightBytes()),
        BATCH_BYTES,
        appends.maxWaiting(),
        declared == null ? List.of() : declared.stream().map(URI::toString).toList(),
        // in Kubernetes the cluster record decides which of the masters
        (kubernetes != null || id.equals("master-0")) && !settings.join(),
        appends.quorumNeeded(),
        appends.deduplication() == DeduplicationMode.CONTENT,
        appends.deduplicationEntries(),
        appends.deduplicationAge(),
        settings.retention().bytes(),
        settings.retention().age());
  }

  private ApplicationContext serve(Node node, ReplicationEndpoint endpoint, EventLoops loops) {
    NodeSettings.Appends appends = settings.appends();
    ApplicationContextBuilder builder =
        Micronaut.build(new String[0])
            .banner(false)
            .deduceEnvironment(false)
            .enableDefaultPropertySources(true)
            .singletons(
                node,
                new HttpSettings(
                    new AppendDefaults(appends.writeConcern(), appends.journal()),
                    settings.faultsEnabled(),
                    settings.tracingEndpoint(),
                    limits(settings.limits())),
                endpoint);
    registration(node).ifPresent(builder::singletons);
    trust.singletons().forEach(builder::singletons);
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("micronaut.server.host", settings.host());
    properties.put("micronaut.server.port", settings.port());
    properties.putAll(trust.properties(settings.port()));
    properties.putAll(loops.properties());
    if (kubernetes != null) {
      builder.environments(KubernetesCluster.ENVIRONMENT);
      properties.putAll(kubernetes.properties());
    }
    ApplicationContext context = builder.properties(properties).build();
    loops.offerTo(context);
    context.start();
    context.getBean(EmbeddedServer.class).start();
    return context;
  }

  private static HttpLimits limits(NodeSettings.Limits set) {
    return new HttpLimits(
        set.connections(), set.streams(), set.idle(), set.requestTime(), set.slowReader());
  }

  private Optional<SelfRegistration.Target> registration(Node node) {
    URI master = settings.master();
    return master != null && node instanceof SecondaryNode secondary
        ? Optional.of(
            new SelfRegistration.Target(
                master, node.id(), settings.advertise(), secondary::wantsRegistration))
        : Optional.empty();
  }

  /** A supervisor that is gone cannot stop its nodes any more, so they stop themselves. */
  private void watchSupervisor() {
    Long supervisor = settings.supervisedBy();
    if (supervisor != null) {
      Optional<ProcessHandle> handle = ProcessHandle.of(supervisor);
      if (handle.isEmpty()) {
        System.exit(0);
      }
      var _ = handle.orElseThrow().onExit().thenRun(() -> System.exit(0));
    }
  }

  private void stop(
      ApplicationContext context,
      Node node,
      ExecutorService syncThread,
      HttpPeerTransport transport,
      ReplicationEndpoint endpoint,
      EventLoops loops) {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    LOG.info("stopping node={}", node.id());
    NodeSettings.Kubernetes where = settings.kubernetes();
    if (where != null && node instanceof SecondaryNode secondary && !damaged) {
      secondary.leave(where.leaveWithin());
    }
    node.handOver(GRACE);
    endpoint.close();
    // while requests are still answered the node must be there to answer them
    context.stop();
    node.stop(GRACE);
    transport.close();
    loops.close();
    if (kubernetes != null) {
      kubernetes.close();
    }
    syncThread.shutdown();
    ended.countDown();
  }

  /** What its next start can put right, or nobody: it ends in order, out of all quorums. */
  private void damaged(DamagedLogException damage, String why) {
    LOG.error(
        "the node stops: {}; not put right: {}. Its next start asks the other copies again",
        damage.getMessage(),
        why);
    damaged = true;
    System.exit(FAILED);
  }

  /** A broken invariant: going on could only make it worse. */
  private void broken(Throwable cause) {
    if (cause instanceof DamagedLogException damage) {
      LOG.error("the node stops: {}. Its next start puts it right", damage.getMessage());
      Runtime.getRuntime().halt(FAILED);
    }
    LOG.error("the node stops: an invariant is broken", cause);
    Runtime.getRuntime().halt(FAILED);
  }

  private void await() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }
}

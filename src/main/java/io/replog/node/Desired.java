package io.replog.node;

import io.replog.cluster.Member;
import io.replog.cluster.MemberSource;
import io.replog.core.Configuration;
import io.replog.core.Seat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MemberSource} has said: which secondaries ought to be there, and where some answer.
 * What it said last stays while it says nothing. Of no use ({@link #told} is false) where the
 * members are a declared list or register themselves.
 *
 * <p>On the node's thread only.
 */
final class Desired {
  private final @Nullable MemberSource source;
  private final NodeLoop loop;
  private @Nullable List<Member> members;
  private Set<String> urls = Set.of();
  private long lookedAtNanos;
  private boolean looked;
  private long succeededAtNanos;
  private @Nullable String failure = "nothing was found out yet";

  Desired(@Nullable MemberSource source, NodeLoop loop) {
    this.source = source;
    this.loop = loop;
  }

  /** Who says so, for people. */
  String name() {
    return source == null ? "nobody" : source.name();
  }

  /** Whether a source says who ought to be there. */
  boolean told() {
    return source != null;
  }

  /** Whether it has said so already. */
  boolean known() {
    return members != null;
  }

  /** Who ought to be there; nobody while it is not known. */
  List<Member> members() {
    return members == null ? List.of() : members;
  }

  Optional<Member> member(String node) {
    return members().stream().filter(member -> member.id().equals(node)).findFirst();
  }

  /** Whether a node ought to be there; where that is not known, whether it has a seat. */
  boolean wants(String node, Configuration newest) {
    return known() ? member(node).isPresent() : newest.seat(node).isPresent();
  }

  /** Whether a seat is known not to be wanted any more. */
  boolean unwanted(Seat seat) {
    return known() && member(seat.node()).isEmpty();
  }

  /** Where secondaries answer, whoever they are. */
  Set<String> urls() {
    return urls;
  }

  void members(List<Member> now) {
    members = List.copyOf(now);
    looked = true;
    lookedAtNanos = loop.nanoTime();
    succeededAtNanos = lookedAtNanos;
    failure = null;
  }

  void urls(Set<String> now) {
    urls = Set.copyOf(now);
  }

  void unavailable(String why) {
    looked = true;
    lookedAtNanos = loop.nanoTime();
    failure = why;
  }

  /** Whether somebody has looked since then, with or without success. */
  boolean lookedSince(long nanos) {
    return looked && lookedAtNanos - nanos > 0;
  }

  /** Asks the source to look again. */
  void look() {
    if (source != null) {
      source.look();
    }
  }

  /** The source as {@code /cluster} shows it, null without one. */
  ClusterView.@Nullable Discovery view() {
    if (source == null) {
      return null;
    }
    Long age = known() ? (loop.nanoTime() - succeededAtNanos) / 1_000_000 : null;
    return new ClusterView.Discovery(source.name(), failure == null, age, failure);
  }
}

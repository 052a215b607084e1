package io.replog.node;

import io.replog.core.AppendRequest;
import io.replog.core.Refusal;
import io.replog.core.WriteConcern;
import org.jspecify.annotations.Nullable;

/**
 * Whether an active master takes an append: all checks come before it gets a sequence.
 *
 * <p>On the node's thread only.
 */
final class Admission {
  private final MasterContext context;
  private final Availability availability;
  private final Appends appends;

  Admission(MasterContext context, Availability availability, Appends appends) {
    this.context = context;
    this.availability = availability;
    this.appends = appends;
  }

  /** Why its write concern can never be met, null if it may be. */
  @Nullable Refusal never(AppendRequest request) {
    Integer declared = context.declaredCopies();
    String missing = context.keys().missing();
    return switch (request.concern()) {
      case WriteConcern.Copies(int count) when declared != null && count > declared ->
          new Refusal.TooManyCopies(count, declared);
      case WriteConcern.Certified() when missing != null -> new Refusal.NoEvidence(missing);
      default -> null;
    };
  }

  /** Why it is not taken now, null if it is. */
  @Nullable Refusal notNow(AppendRequest request) {
    Refusal unavailable = availability.refusal();
    if (unavailable != null) {
      return unavailable;
    }
    Long expected = request.expectedSequence();
    if (expected != null && expected != appends.nextSequence()) {
      return new Refusal.SequenceMismatch(expected, appends.nextSequence());
    }
    return null;
  }

  /** Why no append may wait beside those that do, a repeated one neither; null if one may. */
  @Nullable Refusal full() {
    int most = context.config().maxWaiting();
    return appends.waiting() >= most ? new Refusal.Overloaded(most) : null;
  }
}

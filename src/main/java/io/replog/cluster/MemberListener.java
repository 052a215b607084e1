package io.replog.cluster;

import java.util.List;
import java.util.Set;

/** What a {@link MemberSource} tells a master-capable node. From any thread; never blocks. */
public interface MemberListener {
  /** A look found who ought to be there now; all of them. */
  void desired(List<Member> members);

  /**
   * Where secondaries can be reached now, all that is known: base URLs without a name, since an
   * address says nothing of who is there.
   */
  void located(Set<String> urls);

  /**
   * A look found nothing out: what was known stays.
   *
   * @param why one line for people
   */
  void unavailable(String why);
}

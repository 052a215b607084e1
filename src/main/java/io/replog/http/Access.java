package io.replog.http;

import io.replog.trust.ClusterSecret;
import io.replog.trust.Tokens;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * By what requests are judged. Where there is no such bean nobody is asked who he is, and no
 * request passes anything of this.
 *
 * @param tokens those in force now; null: clients are not asked, only nodes
 * @param secret by which nodes know each other
 * @param openMetrics whether {@code /prometheus} needs nothing
 */
public record Access(
    @Nullable Supplier<Tokens> tokens, ClusterSecret secret, boolean openMetrics) {}

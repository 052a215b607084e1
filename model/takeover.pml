/*
 * The takeover rules of replog (fixed configuration): promise and grant, incumbency, adoption of
 * the best log, sync, activation, append, commit, crash and restart, tailing by standbys.
 *
 * One process, one loop; every option is one atomic step of one node. Messages are not queued:
 * what a master of epoch e has sent is its log of that epoch, elog[e], which only grows, and what a
 * secondary has acknowledged to master m under its present epoch is ack(s,m), which only grows. A
 * step may use either at any time, also long after the sender crashed or the secondary has promised
 * a higher epoch; so every loss, delay, repetition and order is there.
 *
 * A log is a number: four bits an entry, the first entry lowest, an entry being the epoch that
 * wrote it. Position, epoch and what lies before it are its hash.
 *
 * Bounds, by -D: NS secondaries, NM masters, MAXE epochs, MAXL entries; WIPES disks lost.
 */
#ifndef NS
#define NS 2
#endif
#ifndef NM
#define NM 2
#endif
#ifndef MAXE
#define MAXE 4
#endif
#ifndef MAXL
#define MAXL 2
#endif
#ifndef WIPES
#define WIPES 0
#endif

#define QW ((NS + 1) / 2)
#define QT (NS - QW + 1)
#define W  ((NS + 1) / 2 + 1)

#if MAXL <= 2
#define LOG byte
#else
#define LOG short
#endif

/* ---- logs */
#define LEN(x)         (((x) > 0) + ((x) > 15) + ((x) > 255))
#define PRE(x, k)      ((x) & ((1 << (4 * (k))) - 1))
#define SAME(a, b, k)  (LEN(a) >= (k) && LEN(b) >= (k) && PRE(a, k) == PRE(b, k))
#define COMMON(a, b)   (SAME(a, b, 1) + SAME(a, b, 2) + SAME(a, b, 3))
#define IS_PREFIX(a, b) ((a) == PRE(b, LEN(a)))
#define LEAST(a, b)    ((a) < (b) -> (a) : (b))
#define COUNT(mask)    (((mask) & 1) + (((mask) >> 1) & 1) + (((mask) >> 2) & 1) + (((mask) >> 3) & 1))
#define HAS(mask, s)   (((mask) >> (s)) & 1)

/* ---- secondaries: all of it on disk (an entry is acknowledged once it is durable) */
byte prom[NS];       /* promised epoch */
byte pto[NS];        /* the master it is promised to */
byte lab[NS];        /* log epoch */
LOG  slog[NS];
byte wiped;          /* mask: stores whose disk was lost; what comes back holds no seat */

/* ---- masters: on disk */
byte mprom[NM];      /* own promised epoch; a candidate's or active master's epoch */
byte mlab[NM];       /* log epoch */
byte led[NM];        /* incumbent epoch L, 0 for none */
LOG  mlog[NM];
byte mdur[NM];       /* how much of it a power loss leaves, while STORING or ACTIVE. Elsewhere a
                        loss is chosen when the phase is left: later is no different, for
                        nothing of the log was told in between. Syncs happen where they are
                        needed: a log that is synced earlier can do nothing more. */
/* ---- masters: in memory */
#define STANDBY   0
#define PROMISING 1
#define STORING   2
#define SYNCING   3
#define ACTIVE    4
byte phase[NM];
byte grants[NM];     /* mask */
byte inc[NM];        /* takes over as the incumbent */
byte best[NM];       /* the grant with the best log: 1 + its store */
byte bestLab[NM];
byte bestLen[NM];

/* ---- epochs: what was sent, what was counted */
#define NOBODY 15
byte owner[MAXE + 1];      /* the master that adopted a log in this epoch */
LOG  elog[MAXE + 1];       /* its log, as sent; 0 when nobody is left to obey */
byte adopted[MAXE + 1];    /* length of the log adopted */
byte granted[MAXE + 1];    /* mask: who granted it, until it is activated */
byte act[MAXE + 1];        /* 1 + length of the log it was activated with, 0 if it was not */
byte com[MAXE + 1];        /* length that its master counted as committed */
LOG  committed;            /* the longest log ever counted as committed */
byte acks[NS * NM];        /* 1 + acknowledged under the master's label, 0 if not synced */
#define ack(s, m) acks[(m) * NS + (s)]

byte wipes;
byte i;
byte c;
bool deaf;

/* ---- quorums */
#define INCUMBENT_BY(m, l) ((l) > 0 && (best[m] == 0 || bestLab[m] <= (l)))
#ifdef MUT_INCUMBENT_BY_LOG_EPOCH
#define INCUMBENT(m) INCUMBENT_BY(m, mlab[m])
#else
#define INCUMBENT(m) INCUMBENT_BY(m, led[m])
#endif

#ifdef MUT_ACTIVATE_ON_TOO_FEW
#define NEEDED_SYNCED(m) ((inc[m] -> QW : QT) - 1)
#else
#define NEEDED_SYNCED(m) (inc[m] -> QW : QT)
#endif

#define SYNCED_1(s, m)   (HAS(grants[m], s) && ack(s, m) > 0)
#define HOLDS_1(s, m, k) (ack(s, m) > (k))
#if NS == 1
#define SYNCED(m)     SYNCED_1(0, m)
#define HOLDERS(m, k) HOLDS_1(0, m, k)
#elif NS == 2
#define SYNCED(m)     (SYNCED_1(0, m) + SYNCED_1(1, m))
#define HOLDERS(m, k) (HOLDS_1(0, m, k) + HOLDS_1(1, m, k))
#else
#define SYNCED(m)     (SYNCED_1(0, m) + SYNCED_1(1, m) + SYNCED_1(2, m))
#define HOLDERS(m, k) (HOLDS_1(0, m, k) + HOLDS_1(1, m, k) + HOLDS_1(2, m, k))
#endif

/* The seat names a store: one that lost its disk has no vote any more. */
#ifdef MUT_AMNESIAC_VOTES
#define VOTES(s) 1
#else
#define VOTES(s) (!HAS(wiped, s))
#endif

#ifdef MUT_SKIP_EPOCH_CHECK
#define OBEYS(s, e) 1
#else
#define OBEYS(s, e) (prom[s] < (e) || (prom[s] == (e) && pto[s] == owner[e]))

#endif

/* Whether the master still takes an acknowledgement under this epoch. */
#define LISTENS(e) (mprom[owner[e]] == (e) && phase[owner[e]] >= SYNCING)

/* After step 5 any store is synced, before it those that granted. */
#define MAY_SYNC(s, e) \
  (owner[e] != NOBODY && VOTES(s) && OBEYS(s, e) && (act[e] > 0 || HAS(granted[e], s)))

/* Nothing that can be sent or heard under an epoch: what was sent is forgotten. */
inline tidy() {
  for (i : 1 .. MAXE) {
    if
    :: owner[i] != NOBODY && !LISTENS(i) ->
         deaf = true;
         for (c : 0 .. NS - 1) { deaf = deaf && !(VOTES(c) && OBEYS(c, i)) }
         if
         :: deaf -> elog[i] = 0; adopted[i] = 0; granted[i] = 0
         :: else
         fi;
         deaf = false
    :: else
    fi
  }
  i = 0; c = 0
}

/* ---- a candidate */

/* It picks an epoch above its own promise and stores that as its promise. */
#define START(m, e) \
  :: atomic { phase[m] == STANDBY && mprom[m] < (e) -> \
       mprom[m] = (e); phase[m] = PROMISING }

/* A secondary syncs its log, stores its promise and answers; its answer may be lost. */
#define GRANT(m, s) \
  :: atomic { phase[m] == PROMISING && VOTES(s) && prom[s] < mprom[m] -> \
       prom[s] = mprom[m]; pto[s] = m; \
       if \
       :: d_step { true -> \
            grants[m] = grants[m] | (1 << (s)); \
            if \
            :: best[m] == 0 || lab[s] > bestLab[m] \
               || (lab[s] == bestLab[m] && LEN(slog[s]) > bestLen[m]) -> \
                 best[m] = (s) + 1; bestLab[m] = lab[s]; bestLen[m] = LEN(slog[s]) \
            :: else \
            fi } \
       :: true /* the grant is lost */ \
       fi; \
       d_step { tidy() } }

#ifdef MUT_INCUMBENT_ADOPTS_NOTHING
#define ADOPTS(m) (!inc[m])
#else
#define ADOPTS(m) (1 == 1)
#endif

/* The best log is copied as its store has it now. A crash during it leaves any part of it. */
inline adopt(m) {
  inc[m] = INCUMBENT(m);
  mdur[m] = LEN(mlog[m]);
  if
  :: (ADOPTS(m) && best[m] > 0
     && (bestLab[m] > mlab[m] || (bestLab[m] == mlab[m] && bestLen[m] > LEN(mlog[m])))) ->
       copy(m, best[m] - 1, LEN(slog[best[m] - 1]));
       phase[m] = (LEN(mlog[m]) >= bestLen[m] -> STORING : STANDBY);
  :: else -> phase[m] = STORING
  fi;
  best[m] = 0; bestLab[m] = 0; bestLen[m] = 0;
  if
  :: phase[m] == STANDBY -> grants[m] = 0; inc[m] = 0; mdur[m] = 0
  :: else
  fi
}

inline copy(m, s, k) {
  c = COMMON(mlog[m], slog[s]);
  mdur[m] = c;
  mlog[m] = PRE(slog[s], k);
  c = 0
}

#ifdef LEMMA_OFF /* for mutants: what follows from two owners is found, not that there are two */
#define STORES(m) (owner[mprom[m]] == NOBODY)
#else
#define STORES(m) (1 == 1)
#endif

/* Its log to disk, then in one change its label, and the incumbent's L. */
inline store(m) {
  /* an epoch has one owner: the quorums of two candidates of one epoch meet */
  assert(owner[mprom[m]] == NOBODY);
  mdur[m] = LEN(mlog[m]);
  mlab[m] = mprom[m];
  led[m] = (inc[m] -> mprom[m] : led[m]);
  owner[mprom[m]] = m;
  elog[mprom[m]] = mlog[m];
  adopted[mprom[m]] = LEN(mlog[m]);
  granted[mprom[m]] = grants[m];
  phase[m] = SYNCING
}

/* It is active, and all of the adopted log is committed. */
inline activate(m) {
  assert(act[mprom[m]] == 0);                               /* property 1 */
  led[m] = mprom[m];
  act[mprom[m]] = 1 + LEN(mlog[m]);
  granted[mprom[m]] = 0;
  phase[m] = ACTIVE; grants[m] = 0; inc[m] = 0;
  for (i : 1 .. mprom[m] - 1) { assert(com[i] <= LEN(mlog[m])) } /* property 1 */
  count(m, LEN(mlog[m]))
}

/* What the master of an epoch counts as committed. */
inline count(m, k) {
  /* properties 2 and 3: what was ever committed stays, at its sequence */
  assert(SAME(mlog[m], committed, LEAST(k, LEN(committed))));
  committed = (k > LEN(committed) -> PRE(mlog[m], k) : committed);
  com[mprom[m]] = k;
  /* property 1, for what an older master counts late */
  for (i : mprom[m] + 1 .. MAXE) { assert(act[i] == 0 || act[i] > k) }
  i = 0
}

/* ---- the active master */
#define MASTER(m) \
  :: atomic { phase[m] == PROMISING \
       && COUNT(grants[m]) >= (INCUMBENT(m) -> QW : QT) -> d_step { adopt(m) } } \
  :: atomic { phase[m] == STORING && STORES(m) -> d_step { store(m) } } \
  :: atomic { phase[m] == SYNCING && SYNCED(m) >= NEEDED_SYNCED(m) -> d_step { activate(m) } } \
  :: atomic { phase[m] == ACTIVE && LEN(mlog[m]) < MAXL -> d_step { \
       mlog[m] = mlog[m] | (mprom[m] << (4 * LEN(mlog[m]))); elog[mprom[m]] = mlog[m] } } \
  /* committed by a majority of secondaries, or with the master's own copy, which is synced then */ \
  :: atomic { phase[m] == ACTIVE && com[mprom[m]] < LEN(mlog[m]) \
       && HOLDERS(m, com[mprom[m]] + 1) + 1 >= W -> \
         d_step { \
           c = com[mprom[m]] + 1; \
           mdur[m] = (HOLDERS(m, c) >= W || mdur[m] >= c -> mdur[m] : c); \
           count(m, c); \
           c = 0 } } \
  /* a crash, or giving up: the log is cut anywhere above what is durable */ \
  :: atomic { phase[m] != STANDBY -> \
       if \
       :: phase[m] == STORING || phase[m] == ACTIVE -> \
            do \
            :: mdur[m] < LEN(mlog[m]) -> mlog[m] = PRE(mlog[m], LEN(mlog[m]) - 1) \
            :: break \
            od \
       :: else \
       fi; \
       d_step { \
         phase[m] = STANDBY; grants[m] = 0; inc[m] = 0; mdur[m] = 0; \
         best[m] = 0; bestLab[m] = 0; bestLen[m] = 0; \
         for (i : 0 .. NS - 1) { ack(i, m) = 0 } \
         tidy() } }

/* A standby copies from a secondary with a newer label than its own; its own label stays. */
#define TAIL(m, s) \
  :: atomic { phase[m] == STANDBY && VOTES(s) && lab[s] == prom[s] && lab[s] > mlab[m] \
       && mlog[m] != slog[s] -> \
       d_step { i = COMMON(mlog[m], slog[s]); copy(m, s, i); mdur[m] = 0; i = 0 } \
       do \
       :: d_step { LEN(mlog[m]) < LEN(slog[s]) -> mlog[m] = PRE(slog[s], LEN(mlog[m]) + 1) } \
       :: break \
       od }

#ifdef NO_TAIL
#define TAILING(m, s)
#else
#define TAILING(m, s) TAIL(m, s)
#endif

/* ---- a secondary under epoch e */
inline obey(s, e) {
  if
  :: prom[s] != e -> prom[s] = e; pto[s] = owner[e]; tidy()
  :: else
  fi
}

inline acknowledge(s, e) {
  if
  :: LISTENS(e) -> ack(s, owner[e]) = 1 + LEN(slog[s])
  :: else
  fi
}

#ifdef MUT_LABEL_EARLY
#define WHOLE(s, e) 1
#else
#define WHOLE(s, e) (LEN(slog[s]) >= adopted[e])
#endif

#define SECONDARY(s, e) \
  /* a sync cuts what differs, or lies beyond the end; never what is known as committed */ \
  :: atomic { MAY_SYNC(s, e) && lab[s] < (e) && !IS_PREFIX(slog[s], elog[e]) -> d_step { \
       i = COMMON(slog[s], elog[e]); \
       /* property 2: nothing that this store may know as committed */ \
       assert(i >= LEAST(com[lab[s]], LEN(slog[s]))); \
       slog[s] = PRE(slog[s], i); \
       obey(s, e); \
       i = 0 } } \
  /* entries arrive, one by one */ \
  :: atomic { MAY_SYNC(s, e) && lab[s] <= (e) && IS_PREFIX(slog[s], elog[e]) \
       && LEN(slog[s]) < LEN(elog[e]) -> d_step { \
       obey(s, e); \
       slog[s] = PRE(elog[e], LEN(slog[s]) + 1); \
       if :: lab[s] == (e) -> acknowledge(s, e) :: else fi } } \
  /* the whole adopted log is here: the label */ \
  :: atomic { MAY_SYNC(s, e) && lab[s] < (e) && IS_PREFIX(slog[s], elog[e]) && WHOLE(s, e) -> \
       d_step { obey(s, e); lab[s] = (e); acknowledge(s, e) } }

/* ---- faults of a secondary's disk */
#ifdef MUT_FORGET_PROMISE
#define FORGET(s) \
  :: atomic { prom[s] > lab[s] -> d_step { prom[s] = lab[s]; pto[s] = owner[lab[s]] } }
#else
#define FORGET(s)
#endif

#if WIPES > 0
#define WIPE(s) \
  :: atomic { wipes < WIPES && !HAS(wiped, s) -> d_step { \
       wipes++; wiped = wiped | (1 << (s)); \
       prom[s] = 0; pto[s] = 0; lab[s] = 0; slog[s] = 0; tidy() } }
#else
#define WIPE(s)
#endif

/* ---- every node, every epoch */
#if NS == 1
#define EACH_S(X, a) X(a, 0)
#elif NS == 2
#define EACH_S(X, a) X(a, 0) X(a, 1)
#else
#define EACH_S(X, a) X(a, 0) X(a, 1) X(a, 2)
#endif
#if MAXE == 3
#define EACH_E(X, a) X(a, 2) X(a, 3)
#elif MAXE == 4
#define EACH_E(X, a) X(a, 2) X(a, 3) X(a, 4)
#elif MAXE == 5
#define EACH_E(X, a) X(a, 2) X(a, 3) X(a, 4) X(a, 5)
#else
#define EACH_E(X, a) X(a, 2)
#endif

#define OF_SECONDARY(s) SECONDARY(s, 1) EACH_E(SECONDARY, s) FORGET(s) WIPE(s)
#define OF_MASTER(m)    MASTER(m) EACH_E(START, m) EACH_S(GRANT, m) EACH_S(TAILING, m)

active proctype cluster() {
  /* master 0 leads in epoch 1, everybody is synced to its empty log */
  d_step {
    for (i : 0 .. MAXE) { owner[i] = NOBODY }
    for (i : 0 .. NS - 1) { prom[i] = 1; lab[i] = 1; ack(i, 0) = 1 }
    mprom[0] = 1; mlab[0] = 1; led[0] = 1; phase[0] = ACTIVE;
    owner[1] = 0; act[1] = 1;
    i = 0
  }
  do
  OF_MASTER(0)
#if NM > 1
  OF_MASTER(1)
#endif
#if NM > 2
  OF_MASTER(2)
#endif
  OF_SECONDARY(0)
#if NS > 1
  OF_SECONDARY(1)
#endif
#if NS > 2
  OF_SECONDARY(2)
#endif
  od
}

package io.replog.storage;

import java.io.IOException;
import java.util.List;

/** Names of the files of a data directory. */
final class LogFiles {
  static final String LOG = "log";
  static final String MARK = "mark";
  static final String STATE = "state";
  static final String STATE_TEMPORARY = "state.tmp";
  static final String LOCK = "lock";
  static final String RESERVE = "reserve";
  static final String ROLLED_BACK_TEMPORARY = "rolled-back.tmp";

  private static final int DIGITS = 20;
  private static final String SEGMENT_ENDING = ".log";
  private static final String INDEX_ENDING = ".index";

  private LogFiles() {}

  /** The segment file that begins with this sequence. */
  static String segment(long first) {
    return "%s/%020d%s".formatted(LOG, first, SEGMENT_ENDING);
  }

  /** Where a damaged segment is written anew, until it takes the place of the old one. */
  static String rebuilt(long first) {
    return segment(first) + ".rebuilt";
  }

  /** The index file of the segment that begins with this sequence. */
  static String index(long first) {
    return "%s/%020d%s".formatted(LOG, first, INDEX_ENDING);
  }

  /** First sequences of all segment files, ascending. */
  static List<Long> segments(Disk disk) throws IOException {
    return firsts(disk, SEGMENT_ENDING);
  }

  /** First sequences of all index files, ascending. */
  static List<Long> indexes(Disk disk) throws IOException {
    return firsts(disk, INDEX_ENDING);
  }

  private static List<Long> firsts(Disk disk, String ending) throws IOException {
    return disk.list(LOG).stream()
        .filter(name -> name.matches("0[0-9]{" + (DIGITS - 1) + "}\\" + ending))
        .map(name -> Long.parseLong(name.substring(0, DIGITS)))
        .sorted()
        .toList();
  }
}

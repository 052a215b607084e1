package io.replog.cli;

import io.replog.client.BadAnswerException;
import io.replog.client.ClientException;
import io.replog.client.LostAnswerException;
import io.replog.client.Problem;
import io.replog.client.ProblemException;
import io.replog.client.UnreachableException;
import io.replog.config.BadSettingException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Says in a line or two why a command failed, and what can be done. */
final class Failure {
  private Failure() {}

  /** Returns the exit code. */
  static int report(Exception failure, PrintWriter err) {
    switch (failure) {
      case BadSettingException bad -> {
        err.println("replog: " + bad.getMessage());
        return ExitCodes.USAGE;
      }
      case ClientException call -> err.println("replog: " + text(call));
      case CommandFailedException told -> err.println("replog: " + told.getMessage());
      default -> {
        err.println("replog: failed unexpectedly: " + failure);
        failure.printStackTrace(err);
      }
    }
    return ExitCodes.FAILED;
  }

  /** The message and how the command is used; all of the usage only where no command was named. */
  static int reportUsage(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("replog: " + wrong.getMessage());
    if (command.getParent() == null) {
      CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
      command.usage(err);
    } else {
      err.print("Usage: " + command.getHelp().fullSynopsis().replace("Usage: ", ""));
      err.println("Try '%s --help'".formatted(command.getCommandSpec().qualifiedName()));
    }
    return ExitCodes.USAGE;
  }

  /** A failed call: one line, or two with the facts. */
  static String text(ClientException failure) {
    return switch (failure) {
      case ProblemException p -> text(p.problem());
      case UnreachableException e ->
          e.getMessage() + "; is it running? ./replog cluster starts one, --url names another";
      case LostAnswerException e ->
          e.getMessage() + "; an append may be in the log: with the same --key it can be repeated";
      case BadAnswerException e -> String.valueOf(e.getMessage());
    };
  }

  private static String text(Problem problem) {
    String detail = problem.detail();
    StringBuilder text = new StringBuilder(problem.title());
    if (detail != null && !detail.equals(problem.title())) {
      text.append(": ").append(detail);
    }
    text.append(" (").append(problem.status());
    if (!problem.name().isEmpty()) {
      text.append(' ').append(problem.name());
    }
    text.append(')');
    Map<String, String> facts = new LinkedHashMap<>(problem.facts());
    String active = facts.remove("active");
    if (!facts.isEmpty()) {
      text.append(
          facts.entrySet().stream()
              .map(fact -> fact.getKey() + " " + fact.getValue())
              .collect(Collectors.joining(", ", "\n  ", "")));
    }
    if (active != null) {
      text.append("\n  the active master is at --url ").append(active);
    }
    return text.toString();
  }
}

package dev.belay.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The agents at work on one store. Belongs to the thread that made it. */
final class AgentCrew implements AutoCloseable {
  private final List<AgentSeat> seats = new ArrayList<>();
  private final Random random = new Random(17);

  /** Starts {@code size} agents. */
  AgentCrew(int size, String database, Path folder) {
    for (int number = 1; number <= size; number++) {
      seats.add(new AgentSeat(database, folder, number));
    }
  }

  /** Whether all agents are there, and can be given work. */
  boolean isReady() {
    return seats.stream().allMatch(AgentSeat::isReady);
  }

  /** What all agents have done, as far as they could tell. */
  AgentStatus status() {
    return seats.stream().map(AgentSeat::status).reduce(AgentStatus.NONE, AgentStatus::plus);
  }

  /** What they have seen that must not be. */
  List<String> differences() {
    return seats.stream().flatMap(seat -> seat.differences().stream()).toList();
  }

  /** One of the agents, if it is at work. */
  Optional<AgentSeat> oneAtWork() {
    return Optional.of(seats.get(random.nextInt(seats.size()))).filter(AgentSeat::isAtWork);
  }

  /** Lets the agents end. */
  void finish() {
    seats.stream().filter(seat -> !seat.isFinished()).forEach(AgentSeat::finish);
  }

  /** Whether all agents have ended. */
  boolean isFinished() {
    return seats.stream().allMatch(AgentSeat::isFinished);
  }

  /** Whether an agent has ended with an error. */
  boolean hasFailed() {
    return seats.stream().anyMatch(seat -> seat.isFinished() && seat.exitStatus() != 0);
  }

  @Override
  public void close() {
    seats.forEach(AgentSeat::close);
  }
}

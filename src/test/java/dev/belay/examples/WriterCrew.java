package dev.belay.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The writers at work on one database file. Belongs to the thread that made it. */
final class WriterCrew implements AutoCloseable {
  private final List<WriterSeat> seats = new ArrayList<>();
  private final Random random = new Random(17);
  private int kills;

  /** Starts {@code size} writers. */
  WriterCrew(int size, Path database, Path folder) {
    for (int number = 1; number <= size; number++) {
      seats.add(new WriterSeat(database, folder, number));
    }
  }

  /** What all writers have done, as far as they could tell. */
  WriterStatus status() {
    return seats.stream().map(WriterSeat::status).reduce(WriterStatus.NONE, WriterStatus::plus);
  }

  /** How many writers have been killed at work. */
  int kills() {
    return kills;
  }

  /** Kills one of the writers if it is at work, and has another one take its seat. */
  void killOne() throws InterruptedException {
    WriterSeat seat = seats.get(random.nextInt(seats.size()));
    if (seat.isAtWork() && seat.kill()) {
      kills++;
    }
  }

  /** Lets the writers end once every round that any of them has begun is finished. */
  void finish() {
    int lastRound = status().round();
    seats.stream().filter(seat -> !seat.isFinished()).forEach(seat -> seat.stopAfter(lastRound));
  }

  /** Whether all writers have ended. */
  boolean isFinished() {
    return seats.stream().allMatch(WriterSeat::isFinished);
  }

  /** Whether a writer has ended with an error. */
  boolean hasFailed() {
    return seats.stream().anyMatch(seat -> seat.isFinished() && seat.exitStatus() != 0);
  }

  @Override
  public void close() {
    seats.forEach(WriterSeat::close);
  }
}

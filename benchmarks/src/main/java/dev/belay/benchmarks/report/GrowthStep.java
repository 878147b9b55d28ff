package dev.belay.benchmarks.report;

/**
 * What an operation costs when there is more, divided by what it cost before that. Immutable.
 *
 * @param from the smaller size, as the question names it: "10 k rows"
 * @param to the next larger one that was measured
 * @param factor the middle of the rounds: 1 if the cost has not grown, 10 if it grew like the size
 * @param min the least of the rounds
 * @param max the most of the rounds
 */
public record GrowthStep(
    String question,
    String setting,
    String metric,
    String from,
    String to,
    double factor,
    double min,
    double max) {}

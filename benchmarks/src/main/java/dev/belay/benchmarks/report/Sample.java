package dev.belay.benchmarks.report;

/**
 * One figure of one peer in one round of a question. Immutable.
 *
 * <p>Figures of the same question, setting, metric and round were measured one right after the
 * other, so that only they may be put into a ratio.
 *
 * @param question what is asked, as in "transaction"
 * @param setting what is held fixed, as in "16 callers, NORMAL, 200 B"
 * @param peer who was measured: "belay", "raw", …
 * @param metric what was measured, as in "throughput" or "longest wait"
 * @param unit as in "ops/s", "ms", "bytes"
 * @param round counted from 0
 */
public record Sample(
    String question,
    String setting,
    String peer,
    String metric,
    String unit,
    int round,
    double value) {}

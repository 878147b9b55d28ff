/**
 * The check of a whole store: {@code Belay.check}. Not API.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>{@link StoreCheck}: one check, slice by slice
 *   <li>{@code Walk}: a walk through one table, in the order of its key, with the rules of its rows
 *   <li>{@code SessionCheckDao}, {@code LeaseCheckDao}, {@code WorkCheckDao}: the rules, as
 *       statements
 *   <li>{@code SliceSize}: the number of rows of the next slice
 * </ul>
 *
 * <p>Each rule is about one row and the few rows that it refers to, so that one statement decides
 * it, in one snapshot. "The log has no gap" is "each event but the first has one before it". So a
 * store that is written meanwhile gives no false finding, and nothing has to be looked at twice.
 */
@NullMarked
package dev.belay.check;

import org.jspecify.annotations.NullMarked;

/**
 * What the tests of the adapters share.
 *
 * <ul>
 *   <li>{@link dev.belay.adapters.testing.TestStores} gives each test a store on each database.
 * </ul>
 */
@NullMarked
package dev.belay.adapters.testing;

import org.jspecify.annotations.NullMarked;

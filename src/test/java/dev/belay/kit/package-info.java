/**
 * The conformance kit: what every database under Belay must do, as suites over the public API.
 *
 * <p>A database joins with one class, an {@link dev.belay.kit.Engine} that {@code
 * META-INF/services} names. Each suite then runs on each of its forms.
 *
 * <p><b>What is here</b>
 *
 * <ul>
 *   <li>{@link dev.belay.kit.Engine}, {@link dev.belay.kit.Form}: a database and the forms in which
 *       it opens a store.
 *   <li>{@link dev.belay.kit.Promise}, {@link dev.belay.kit.Promised}: what only some engines
 *       promise, and the sentences that rest on it.
 *   <li>{@link dev.belay.kit.Sql}: statements that each database writes in its own way.
 *   <li>{@link dev.belay.kit.Kill}: how what a second process does ends in the middle.
 *   <li>{@link dev.belay.kit.OnEachForm}: runs a suite on each form; {@link
 *       dev.belay.kit.NeedsSharing} skips a test where a store is private to its handle.
 *   <li>{@link dev.belay.kit.StoreExtension}: the store of a test.
 *   <li>{@code lease}, {@code queue}, {@code session}, {@code store}, {@code crash}: the suites.
 * </ul>
 */
package dev.belay.kit;

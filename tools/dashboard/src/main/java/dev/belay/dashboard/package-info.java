/**
 * The dashboard: pages that show what a store holds, and actions that look after it.
 *
 * <p>Where a line belongs:
 *
 * <ul>
 *   <li>{@link dev.belay.dashboard.BelayDashboard} is the function from request to response. It
 *       checks the access and the origin of each request and asks one page for the answer.
 *   <li>{@code …Page} is one page: it reads the store and writes HTML. {@code Actions} are the
 *       writes, each with its confirmation.
 *   <li>{@code Html} is the only way to HTML: what is not a constant is escaped. {@code Visible}
 *       makes characters visible that would hide or reorder text.
 *   <li>{@link dev.belay.dashboard.DashboardObserver} keeps what lives only in the process: {@code
 *       SampleRing} and the last events.
 *   <li>{@link dev.belay.dashboard.DashboardServer} serves a dashboard on the loopback address.
 *       {@code LoopbackGuard} admits requests; {@code Exchanges} bounds threads and times.
 * </ul>
 */
@NullMarked
package dev.belay.dashboard;

import org.jspecify.annotations.NullMarked;

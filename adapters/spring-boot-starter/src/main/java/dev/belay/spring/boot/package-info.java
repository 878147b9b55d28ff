/**
 * A Belay store as part of a Spring Boot application. In the order in which they come up:
 *
 * <ol>
 *   <li>The store: {@link dev.belay.spring.boot.BelayAutoConfiguration} opens what the properties
 *       name, with the options of {@link dev.belay.spring.boot.BelayOptionsCustomizer} beans.
 *   <li>Workers: each {@link dev.belay.spring.boot.BelayWorker} bean, started and stopped with the
 *       application.
 *   <li>{@code @Transactional}: {@link dev.belay.spring.boot.BelayTransactions} gives the {@code
 *       Tx} of a transaction, the application's own, which Belay joins, or one of {@code
 *       BelayTransactionManager}, whose parts are {@code TransactionRuns} (the body) and {@code
 *       TransactionPart} (a call inside it).
 *   <li>Beside the store: health, the actuator endpoint, Spring Integration's locks, context
 *       propagation, and what an application with an old sqlite-jdbc is told.
 * </ol>
 */
@NullMarked
package dev.belay.spring.boot;

import org.jspecify.annotations.NullMarked;

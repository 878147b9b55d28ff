/**
 * Durable work queues.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>API: {@link WorkQueue} with {@link QueueOptions}, {@link RetryPolicy}; what goes in ({@link
 *       NewWork}, {@link KeyLife}) and what comes out ({@link Work}, {@link WorkLine}, {@link
 *       WorkState}, {@link QueueStats}, {@link Claim}); one answer for each verb ({@link Enqueued},
 *       {@link ClaimRenewal}, {@link Settlement}, {@link Cancellation}, {@link Requeue}); {@link
 *       Worker} with {@link WorkHandler}, {@link WorkContext}; {@link WorkDao}
 *   <li>For Belay's other features: {@link QueueEngine}, {@link QueueTurn}
 *   <li>What the queues of a store share: {@code StoreQueues}; what the facade and the workers
 *       build on: {@code ClaimVerbs}, {@code SettleVerbs}, {@code WaitVerbs}
 *   <li>Steps, each in the transaction of a caller, and the statements of each: {@code EnqueueStep}
 *       (with {@code EnqueuePlan}, {@code WorkIds}) and {@code EnqueueDao}; {@code ClaimStep},
 *       {@code ClaimTerms} and {@code ClaimDao}; {@code LaneGrant} and {@code LaneDao}; {@code
 *       SettleStep} and {@code SettleDao}; {@code CancelStep} and {@code CancelDao}; {@code
 *       PromoteDue} and {@code DueDao}; {@code Purge}, {@code PurgeStep} and {@code PurgeDao}
 *   <li>Waiting: {@code Waker}, the thread that looks for all {@code WaiterLines}; a {@code Waiter}
 *       in a {@code WaiterLine} waits for something {@code Awaited}
 *   <li>A worker: {@code WorkerCrew} starts and stops each {@code WorkerThread}, which takes a
 *       claim from {@code WorkerClaims}, calls the handler and gives the claim to {@code
 *       WorkerCompletions} (many at once) or {@code WorkerSettler} (one, until it is known); beside
 *       them run {@code WorkerRenewals}, {@code WorkerPurge} and {@code WorkerTimeLimit}
 *   <li>What a worker holds: {@code HeldClaim}, the {@code HandlerRun} it belongs to, and {@code
 *       ClaimRegistry}, by which transactions of this store tell of it
 * </ul>
 *
 * <p>Words, each for one idea:
 *
 * <ul>
 *   <li><b>work</b>: what a queue holds
 *   <li><b>claim</b>: the right to do a piece of work, for a while
 *   <li><b>worker</b>: the label of the claimant, without a right; also {@link Worker}
 *   <li><b>token</b>: the number that proves a claim
 *   <li><b>grant</b>: the claims that share a token
 *   <li><b>attempt</b>: a claim that was charged
 *   <li><b>settle</b>: to end a claim: to complete, fail, defer, release or bury
 *   <li><b>give back</b>: to settle so that the work can be claimed again: to fail, defer or
 *       release
 *   <li><b>lapse</b>: what a claim does that expires unsettled
 *   <li><b>lane</b>: work that is done one after another
 *   <li><b>line</b>: the order of the work in a lane
 *   <li><b>head</b>: the first in a line
 *   <li><b>due</b>: of scheduled work, of a retry or of a lapse: its time has come
 *   <li><b>promote</b>: to make due work claimable, or let it join its line
 *   <li><b>key</b>: what makes work unique in its queue
 *   <li><b>bury</b>: to give work up
 *   <li><b>purge</b>: to delete what was finished long ago
 * </ul>
 */
@NullMarked
package dev.belay.queue;

import org.jspecify.annotations.NullMarked;

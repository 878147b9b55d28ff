/**
 * Durable work queues.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>API, a queue: {@link WorkQueue} with {@link QueueOptions} and {@link RetryPolicy}; {@link
 *       WorkDao}
 *   <li>API, values: {@link NewWork} and {@link KeyLife} to enqueue; {@link Work}, {@link
 *       WorkLine}, {@link WorkState}, {@link QueueStats} and {@link Claim} to read
 *   <li>API, results of verbs: {@link Enqueued}, {@link ClaimRenewal}, {@link Settlement}, {@link
 *       Cancellation}, {@link Requeue}
 *   <li>API, a worker: {@link Worker} with {@link WorkHandler} and {@link WorkContext}
 *   <li>For Belay's other features: {@link QueueEngine}, {@link QueueEngine.Turn}
 *   <li>The shared state of a store's queues: {@code StoreQueues}
 *   <li>The verbs behind the facade and the workers: {@code ClaimVerbs}, {@code SettleVerbs},
 *       {@code WaitVerbs}
 *   <li>Steps, each in the transaction of its caller, with their statements: {@code EnqueueStep}
 *       (with {@code EnqueuePlan}, {@code WorkIds}) and {@code EnqueueDao}; {@code ClaimStep},
 *       {@code ClaimTerms} and {@code ClaimDao}; {@code LaneGrant} and {@code LaneDao}; {@code
 *       SettleStep} and {@code SettleDao}; {@code CancelStep} and {@code CancelDao}; {@code
 *       PromoteDue} and {@code DueDao}; {@code Purge}, {@code PurgeStep} and {@code PurgeDao}
 *   <li>Waiting: {@code Waker}, the thread that looks at the store for all {@code WaiterLines}; a
 *       {@code Waiter} in a {@code WaiterLine} waits for one {@code Awaited}
 *   <li>The threads of a worker: {@code WorkerCrew} starts and stops each {@code WorkerThread},
 *       which takes a claim from {@code WorkerClaims}, calls the handler and passes the claim to
 *       {@code WorkerCompletions} (completes many at once) or {@code WorkerSettler} (settles one,
 *       with retries); {@code WorkerRenewals}, {@code WorkerPurge} and {@code WorkerTimeLimit} run
 *       beside them
 *   <li>The claims of a worker: {@code HeldClaim} with its {@code HandlerRun}; {@code
 *       ClaimRegistry}, which transactions of this store notify
 * </ul>
 *
 * <p>Terms:
 *
 * <ul>
 *   <li><b>work</b>: the content of a queue, in pieces that are claimed one by one
 *   <li><b>claim</b>: the right to do a piece of work until an expiry
 *   <li><b>worker</b>: the label of the claimant, without a right; also {@link Worker}
 *   <li><b>token</b>: the number that proves a claim
 *   <li><b>grant</b>: the claims that share a token
 *   <li><b>attempt</b>: a claim that was charged
 *   <li><b>settle</b>: to end a claim: to complete, fail, defer, release or bury
 *   <li><b>give back</b>: to settle so that the work can be claimed again: to fail, defer or
 *       release
 *   <li><b>lapse</b>: to expire unsettled, said of a claim
 *   <li><b>lane</b>: a name under which work is done one piece after another
 *   <li><b>line</b>: the order of the work in a lane
 *   <li><b>head</b>: the first in a line
 *   <li><b>due</b>: said of scheduled work, a retry or a lapse whose time has come
 *   <li><b>promote</b>: to make due work claimable, or to move it into its line
 *   <li><b>key</b>: a name that makes work unique in its queue
 *   <li><b>bury</b>: to finish work without success, as a dead letter
 *   <li><b>purge</b>: to delete work that was finished long ago
 * </ul>
 */
@NullMarked
package dev.belay.queue;

import org.jspecify.annotations.NullMarked;

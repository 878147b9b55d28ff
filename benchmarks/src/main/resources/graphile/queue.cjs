// graphile-worker with 16 producers and 16 handlers in one process. Prints two rates:
//   node queue.cjs CONNECTION_STRING SCHEMA ITEMS BATCH
// Producers add BATCH jobs in one call. It fails unless each item was done exactly once.
const { run, makeWorkerUtils, Logger } = require("graphile-worker");

const [connectionString, schema, itemsText, batchText] = process.argv.slice(2);
const items = Number(itemsText);
const batch = Number(batchText);
const filler = "x".repeat(200 - 15);

async function main() {
  const done = new Uint8Array(items);
  let left = items;
  let worked;
  const allWorked = new Promise((resolve) => (worked = resolve));
  const preset = {
    worker: {
      connectionString,
      schema,
      concurrentJobs: 16,
      maxPoolSize: 20,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      logger: new Logger(() => () => {}),
    },
  };
  const utils = await makeWorkerUtils({ preset });
  await utils.migrate();
  const runner = await run({
    preset,
    noHandleSignals: true,
    taskList: {
      item: async (payload) => {
        done[payload.n]++;
        if (--left === 0) {
          worked();
        }
      },
    },
  });
  const start = process.hrtime.bigint();
  const seconds = () => Number(process.hrtime.bigint() - start) / 1e9;
  let next = 0;
  const produce = async () => {
    while (next < items) {
      const specs = [];
      for (let i = 0; i < batch && next < items; i++) {
        specs.push({ identifier: "item", payload: { n: next++, p: filler } });
      }
      if (batch === 1) {
        await utils.addJob("item", specs[0].payload);
      } else {
        await utils.addJobs(specs);
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, produce));
  const inSeconds = seconds();
  await allWorked;
  const isEmpty = `SELECT NOT EXISTS (SELECT 1 FROM "${schema}"._private_jobs) AS empty`;
  while (!(await utils.withPgClient((client) => client.query(isEmpty))).rows[0].empty) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const throughSeconds = seconds();
  await runner.stop();
  await utils.release();
  if (done.some((times) => times !== 1)) {
    throw new Error("an item was not done exactly once");
  }
  console.log(`${items / inSeconds} ${items / throughSeconds}`);
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});

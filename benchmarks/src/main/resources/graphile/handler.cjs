// A graphile-worker whose handler prints each payload and when it began, by the clock that
// System.nanoTime reads on Linux: node handler.cjs CONNECTION_STRING SCHEMA
// Says "ready" when it listens, and ends with its standard input.
const { run, Logger } = require("graphile-worker");

const [connectionString, schema] = process.argv.slice(2);

async function main() {
  const runner = await run({
    preset: {
      worker: { connectionString, schema, concurrentJobs: 1, logger: new Logger(() => () => {}) },
    },
    noHandleSignals: true,
    taskList: {
      wake: async (payload) => {
        const now = process.hrtime.bigint();
        console.log(`${payload.text} ${now}`);
      },
    },
  });
  console.log("ready");
  process.stdin.on("end", async () => {
    await runner.stop();
    process.exit(0);
  });
  process.stdin.resume();
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});

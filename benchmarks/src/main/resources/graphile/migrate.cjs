// Makes the tables of graphile-worker: node migrate.cjs CONNECTION_STRING SCHEMA
const { runMigrations } = require("graphile-worker");

const [connectionString, schema] = process.argv.slice(2);

runMigrations({ connectionString, schema }).catch((failure) => {
  console.error(failure);
  process.exit(1);
});

// Runs the migrations of a small project with the real tool: migrate.cjs TOOL FOLDER HOST DATABASE
// TypeScript is only stripped of its types first (no address outside this machine is asked for anything).
const fs = require("fs");
const path = require("path");

const [tool, folder, host, database] = process.argv.slice(2);

function strip(from) {
  const ts = require("typescript");
  for (const name of fs.readdirSync(from)) {
    const file = path.join(from, name);
    if (fs.statSync(file).isDirectory()) strip(file);
    else if (name.endsWith(".ts")) {
      const options = { module: "commonjs", target: "es2022", experimentalDecorators: true, esModuleInterop: true };
      const made = ts.transpileModule(fs.readFileSync(file, "utf8"), { compilerOptions: options });
      fs.rmSync(file);
      fs.writeFileSync(file.replace(/\.ts$/, ".js"), made.outputText);
    }
  }
}

async function knex() {
  const connection = { host, database, user: "postgres" };
  const db = require("knex")({ client: "pg", connection, migrations: { directory: path.join(folder, "migrations") } });
  const [, names] = await db.migrate.latest();
  await db.destroy();
  return names;
}

async function typeorm() {
  require("reflect-metadata");
  const { DataSource } = require("typeorm");
  const source = new DataSource({
    type: "postgres", host, database, username: "postgres", migrations: [path.join(folder, "migrations/*.js")],
    entities: [path.join(folder, "entities/*.js")],
  });
  await source.initialize();
  const done = await source.runMigrations();
  const tables = source.entityMetadatas.map((one) => one.tablePath);
  await source.destroy();
  return { names: done.map((one) => one.name), tables };
}

async function sequelize() {
  const { Sequelize, DataTypes } = require("sequelize");
  const { SequelizeStorage, Umzug } = require("umzug");
  const db = new Sequelize(database, "postgres", "", { host, dialect: "postgres", logging: false });
  const umzug = new Umzug({
    migrations: {
      glob: ["migrations/*.js", { cwd: folder }],
      // as sequelize-cli calls them, and as umzug's own readme does
      resolve: ({ name, path: file, context }) => {
        const migration = require(file);
        const call = migration.ofUmzug ? () => migration.up({ name, context }) : () => migration.up(context, Sequelize);
        return { name, up: call, down: async () => {} };
      },
    },
    context: db.getQueryInterface(),
    storage: new SequelizeStorage({ sequelize: db }), // its own default is a file beside whoever runs it
    logger: undefined,
  });
  const done = await umzug.up();
  const models = path.join(folder, "models");
  const tables = !fs.existsSync(models) ? [] : fs.readdirSync(models).flatMap((name) => {
    require(path.join(models, name))(db, DataTypes);
    return Object.values(db.models).filter((one) => one.name !== "SequelizeMeta").map((one) => one.getTableName());
  });
  await db.close();
  return { names: done.map((one) => one.name), tables: [...new Set(tables.map((one) => one.tableName ?? one))] };
}

strip(folder);
({ knex, typeorm, sequelize })[tool]().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => { console.error(error); process.exit(1); },
);

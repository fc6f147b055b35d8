// Bundles the page into bot/playground/static; with --check compares what is there with what would be written.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { library } from "./library.mjs";
import { licences } from "./licences.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "..", "bot", "playground", "static");

async function built() {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { page: "src/main.tsx" },
    outdir: "out",
    write: false,
    bundle: true,
    minify: true,
    metafile: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    jsx: "automatic",
    charset: "utf8",
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [library],
    logLevel: "warning",
  });
  const files = new Map(outputFiles.map((file) => [file.path.split(/[\\/]/).at(-1), Buffer.from(file.contents)]));
  for (const name of ["index.html", "icon.svg"]) files.set(name, await readFile(join(root, "src", name)));
  files.set("licences.txt", Buffer.from(await licences(metafile, root)));
  return files;
}

async function differences(files) {
  const there = await readdir(target).catch(() => []);
  const names = [...new Set([...there, ...files.keys()])].sort();
  const same = await Promise.all(
    names.map(async (name) => files.has(name) && there.includes(name) && files.get(name).equals(await readFile(join(target, name)))),
  );
  return names.filter((_, index) => !same[index]);
}

const files = await built();
if (process.argv.includes("--check")) {
  const stale = await differences(files);
  if (stale.length) {
    console.error(`bot/playground/static is not what page/ builds (${stale.join(", ")}): npm run --prefix page build`);
    process.exit(1);
  }
  console.log("bot/playground/static is what page/ builds");
} else {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const [name, contents] of files) await writeFile(join(target, name), contents);
  for (const [name, contents] of files) console.log(`${name.padEnd(14)} ${(contents.length / 1000).toFixed(0).padStart(6)} kB`);
}

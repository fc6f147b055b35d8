// Runs the unit tests: bundled first, because Node's own runner does not read TypeScript everywhere.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { library } from "./library.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tests = (await readdir(join(root, "src"), { recursive: true })).filter((name) => /\.test\.tsx?$/.test(name)).sort();
const folder = await mkdtemp(join(tmpdir(), "page-tests-"));
try {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: tests.map((name) => join("src", name)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    jsx: "automatic",
    plugins: [library],
    logLevel: "warning",
  });
  const made = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".mjs")).map((name) => join(folder, name));
  const { status } = spawnSync(process.execPath, ["--test", ...made], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

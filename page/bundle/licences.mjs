// What the bundle is made of, each part with its licence; a licence nobody looked at stops the build.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const ALLOWED = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD", "Unlicense", "CC0-1.0", "MIT-0"]);

/** What a package's own bundle holds of others, which therefore are in no node_modules. */
const HOLDS = {
  "slack-blocks-to-jsx": [
    "Its files hold parts of these packages, under the MIT licence as above:",
    "- @yozora/parser and its tokenizers, Copyright (c) 2020-2023 guanghechen (https://github.com/guanghechen)",
    "- tailwindcss, Copyright (c) Tailwind Labs, Inc.",
  ].join("\n"),
};

/** Names of the packages that esbuild's metafile says went into the bundle. */
export function bundled(metafile) {
  const found = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const virtual = /^emoji-names:(.+)$/.exec(input);
    const match = virtual ?? /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) found.add(match[1]);
  }
  return [...found].sort();
}

async function licenceText(folder) {
  const name = (await readdir(folder)).sort().find((file) => /^(licen[cs]e|copying)(\.|$)/i.test(file));
  return name ? (await readFile(join(folder, name), "utf8")).replace(/\r\n/g, "\n").trim() : null;
}

export async function licences(metafile, root) {
  const parts = [];
  for (const name of bundled(metafile)) {
    const folder = join(root, "node_modules", name);
    if (!existsSync(folder)) throw new Error(`${name} is in the bundle but not in node_modules`);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    if (!ALLOWED.has(license)) throw new Error(`${name} ${version}: licence ${license} is not among the allowed`);
    const text = (await licenceText(folder)) ?? `The package carries no licence file; its package.json says ${license}.`;
    const held = HOLDS[name] ? `\n${HOLDS[name]}\n` : "";
    parts.push(`${name} ${version}\nLicence: ${license}\n\n${text}\n${held}`);
  }
  const head = "The page is built from diagnose's own sources (Apache-2.0) and from these packages.\n";
  return [head, ...parts].join(`\n${"=".repeat(80)}\n\n`);
}

// Two changes to slack-blocks-to-jsx on its way into the bundle; both fail loudly when the library changes.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const AS_STRONG_AS_THE_ID = ":is(#s,.slack_blocks_to_jsx)"; // its style sheet counts on an id's weight against its own resets

/** The library marks each message with one and the same id; a page with many messages needs a class instead. */
function withoutSharedId(text, found, put, path) {
  if (!text.includes(found)) throw new Error(`${path} no longer contains ${found}: read the library's changes`);
  return text.replaceAll(found, put);
}

/** node-emoji asks for emojilib with all its keywords, some 200 kB; names and characters are all that is drawn. */
function emojiNames() {
  const { lib } = require("emojilib");
  const names = Object.fromEntries(Object.entries(lib).map(([name, { char }]) => [name, char]));
  return `export default ${JSON.stringify(names)}`;
}

export const library = {
  name: "library",
  setup(build) {
    build.onLoad({ filter: /slack-blocks-to-jsx[\\/]dist[\\/]index\.mjs$/ }, async ({ path }) => ({
      contents: withoutSharedId(await readFile(path, "utf8"), 'id:"slack_blocks_to_jsx",', "", "index.mjs"),
      loader: "js",
    }));
    build.onLoad({ filter: /slack-blocks-to-jsx[\\/]dist[\\/]style\.css$/ }, async ({ path }) => ({
      contents: withoutSharedId(await readFile(path, "utf8"), "#slack_blocks_to_jsx", AS_STRONG_AS_THE_ID, "style.css"),
      loader: "css",
    }));
    build.onResolve({ filter: /^node-emoji$/ }, (given) =>
      build.resolve("./src/mrkdwn/emoji.ts", { resolveDir: build.initialOptions.absWorkingDir, kind: given.kind }),
    );
    build.onResolve({ filter: /^emoji-names$/ }, () => ({ path: "emojilib", namespace: "emoji-names" }));
    build.onLoad({ filter: /.*/, namespace: "emoji-names" }, () => ({ contents: emojiNames(), loader: "js" }));
  },
};

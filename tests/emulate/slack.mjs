// Serves emulate's Slack on loopback: the port and the seed come as arguments, the end of standard input ends it.
import net from "node:net";
import { createEmulator } from "emulate";

// emulate does not say when it listens, and a host's name makes that take a moment.
let heard;
const listening = new Promise((resolve) => (heard = resolve));
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, host, ...rest) {
  this.once("listening", heard);
  return listen.call(this, port, typeof host === "string" ? host : "127.0.0.1", ...(typeof host === "string" ? rest : [host, ...rest]));
};

const [port, seed] = process.argv.slice(2);
const slack = await createEmulator({ service: "slack", port: Number(port), seed: JSON.parse(seed) });
await listening;
console.log(JSON.stringify({ ready: true }));
process.stdin.resume();
process.stdin.on("end", async () => {
  await slack.close();
  process.exit(0);
});

import { spawn } from "node:child_process";
import { running } from "../../scripts/lib/load";

const WARNING = "(node:1) [DEP0040] DeprecationWarning: The `punycode` module is deprecated.";

/** A program in the load generator's place. */
function start(script: string) {
  return running(spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "pipe"] }));
}

it("has begun once it says that it sends, whatever Node has warned of before", async () => {
  const load = start(
    `console.error(${JSON.stringify(WARNING)}); setTimeout(() => console.error("Sending 50 requests/s"), 300);
     setTimeout(() => undefined, 60_000)`,
  );
  await load.begun; // long before it ends
  load.stop();
  await expect(load.ended).rejects.toThrow("The load could not be sent: ");
}, 20_000);

it("has not begun where it only warns and then says why it does not send", async () => {
  const load = start(
    `console.error(${JSON.stringify(WARNING)}); console.error("loadgen: Nobody listens: start one.");
     console.log(JSON.stringify({ ok: false, error: "Nobody listens: start one." })); process.exitCode = 1`,
  );
  await expect(load.begun).rejects.toThrow(/^The load could not be sent: Nobody listens: start one\.$/);
  await expect(load.ended).rejects.toThrow("Nobody listens");
}, 20_000);

it("has ended with what it tells then", async () => {
  const load = start(
    `console.error("Sending 50 requests/s"); console.log(JSON.stringify({ delivered: true }))`,
  );
  await load.begun;
  expect(await load.ended).toEqual({ delivered: true });
}, 20_000);

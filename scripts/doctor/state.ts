import { Fault } from "../lib/fault";
import { asTyped } from "../lib/home";
import { isRunError } from "../lib/verb";
import type { Check, Found } from "./check";
import type { Facts } from "./facts";

/** What Pulumi keeps, and what it is told. */
export const STATE: Check[] = [
  { name: "state", look: state },
  { name: "settings", look: settings },
  { name: "lock", look: lock },
];

/** Reading it all takes the backend, the stack in it, and the passphrase of its secrets. */
async function state(facts: Facts): Promise<Found> {
  const name = "state";
  const engine = await facts.engine();
  if (engine === undefined) return { name, state: "ok", saw: "no stack yet: `npm run up` makes it" };
  const { resources, interrupted } = await facts.kept();
  await engine.readSecrets();
  const holds = `stack ${engine.name} has ${resources} resources`;
  if (!interrupted) return { name, state: "ok", saw: holds };
  return {
    name,
    state: "warn",
    saw: `${holds}, and the last run did not come to its end`,
    mend: "`npm run up` goes on from there",
  };
}

async function settings(facts: Facts): Promise<Found> {
  const name = "settings";
  try {
    const { components } = await facts.settings();
    return { name, state: "ok", saw: [...components].join(", ") };
  } catch (error) {
    if (isRunError(error)) return { name, state: "wrong", saw: error.message };
    throw error;
  }
}

async function lock(facts: Facts): Promise<Found> {
  const name = "lock";
  const held = await facts.lock();
  if (held === undefined)
    return { name, state: "warn", saw: "not looked at: this backend tells of it only when it refuses a run" };
  const { living, dead, elsewhere } = held;
  const cancel = asTyped("pulumi cancel");
  if (living.length > 0)
    return {
      name,
      state: "warn",
      saw: `process ${living.join(", ")} is at work on the stack, so what else is told here may pass`,
      mend: "wait for it to end",
    };
  if (elsewhere.length > 0)
    return {
      name,
      state: "wrong",
      saw: `${elsewhere.join(", ")} holds the stack`,
      mend: `wait for it to end or, if it was killed, \`${cancel}\``,
    };
  if (dead.length === 0) return { name, state: "ok", saw: "nobody holds the stack" };
  return {
    name,
    state: "wrong",
    saw: `a killed run (process ${dead.join(", ")}) has left its lock`,
    mend: `\`npm run doctor -- --fix\` or \`${cancel}\` takes it away; \`npm run up\` does so, too`,
    fix: {
      does: "taking the lock of a dead process away",
      act: async () => {
        const engine = await facts.engine();
        if (engine === undefined) throw new Fault("There is no such stack any more.");
        await engine.unlock();
      },
    },
  };
}

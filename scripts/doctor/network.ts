import { chartRepositories } from "../lib/checks/charts";
import { registries } from "../lib/checks/registries";
import { type Check, type Found, Unseen } from "./check";
import type { Facts } from "./facts";

/** What has to be fetched from elsewhere. */
export const NETWORK: Check[] = [
  { name: "charts", look: charts },
  { name: "images", look: async (facts) => registries(await settingsOf(facts)) },
];

/** The first start needs them; a stack that is up does without until one of its charts is changed. */
async function charts(facts: Facts): Promise<Found[]> {
  const found = await chartRepositories(await settingsOf(facts));
  const first = (await facts.kept().catch(() => undefined))?.clusterUrn === undefined;
  return first ? found : found.map((one) => (one.state === "wrong" ? { ...one, state: "warn" } : one));
}

async function settingsOf(facts: Facts) {
  return facts.settings().catch(() => {
    throw new Unseen("not looked at, since the settings are wrong");
  });
}

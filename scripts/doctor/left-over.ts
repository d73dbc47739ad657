import * as fs from "node:fs";
import { UNDO_FILE } from "../lib/home";
import type { Check } from "./check";

/** What `npm run e2e:faults` has broken and not mended; nothing is told where it has not. */
export function leftOver(file = UNDO_FILE): Check[] {
  return [
    {
      name: "e2e:faults",
      look: () =>
        Promise.resolve(
          fs.existsSync(file)
            ? {
                name: "e2e:faults",
                state: "wrong",
                saw: "it is at work on the stack, or was killed before it had mended what it broke",
                mend: "unless it runs, `npm run e2e:faults -- --mend` puts everything back",
              }
            : [],
        ),
    },
  ];
}

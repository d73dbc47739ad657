import { FakeMachine } from "./fake-machine";
import { type KindCommand, kindCommand } from "./kind-command";

/** What kind-cluster.sh runs on. */
interface On {
  /** How the program runs it. */
  kind: KindCommand;
  machine: FakeMachine;
}

/** Gives each test a machine of its own, with what the program gives the script. */
export function kindMachine(): On {
  const on = {} as On;
  beforeAll(async () => {
    on.kind = await kindCommand();
  });
  beforeEach(() => {
    on.machine = new FakeMachine(on.kind.environment);
  });
  afterEach(() => on.machine.remove());
  return on;
}

import type { Stack } from "../lib/stack";
import type { Items, Range } from "./ledger";
import type { Part } from "./kube";
import type { Signal } from "../lib/otlp";
import type { Bulk } from "./payload";
import type { Notes, Sink } from "./sink";

/** As many items as are sent in so long; 0: none. */
export type Milliseconds = number;

/** What a case promises. What is left out is 0, or none. */
export interface Expectation {
  local?: {
    /** Acknowledged, and not found in its backend. */
    lost?: Partial<Record<Signal, Milliseconds>>;
    /** Delivered twice by Alloy itself. */
    repeated?: Milliseconds;
    /** Signals whose backend may end before it answers: what was on its way then comes again, and may be there twice. */
    cutOff?: Signal[];
    /** Signals of which a backend may discard some. */
    discarded?: Signal[];
  };
  second?: {
    /** `counted`: as many as Alloy counts as given up, and no more. */
    lost?: Milliseconds | "counted";
    /** Beyond those whose answer was lost on its way. */
    repeated?: Milliseconds;
  };
  /** Whether senders may find Alloy away; they never may be refused, and never hear of a path. */
  alloyAway?: boolean;
  /** Whether they may send again what was taken, since Alloy was gone before it could say so: then it is there twice. */
  resent?: boolean;
  /** Containers that the case itself has started anew. */
  restarts?: readonly string[] | "all";
  /** Whether nobody has to mend it: the time until all is there then counts from the fault on. */
  unaided?: boolean;
  /** For how long what a backend has may be hidden from queries, so that nothing new is found. */
  hiddenForMs?: number;
  /** How soon a request is found locally while the case goes on and while it is mended. */
  freshWithinMs?: number;
  /** How long after it was mended everything sent before is there. */
  recoveredWithinMs?: number;
}

/** A fault: how it is made, and what has to come of it. */
export interface Case {
  name: string;
  /** What happens, in one sentence. */
  does: string;
  expects: Expectation;
  /** Before the load begins. */
  before?: (bench: Bench) => Promise<void>;
  /** Under load; resolves when it has lasted for long enough. */
  during: (bench: Bench) => Promise<void>;
  /** Under load still: takes the fault away, where that is more than to undo what was noted to be undone. */
  mend?: (bench: Bench) => Promise<void>;
}

/** What a case works on. */
export interface Bench {
  readonly sink: Sink;
  /** Alloy's ports. */
  readonly otlp: Required<Stack>["otlp"];
  /** How long an outage lasts. */
  readonly outageMs: number;
  /** Requests per second. */
  readonly rate: number;
  /** The longest that an attempt of a sender's took so far. */
  readonly longestMs: number;
  /** How often the second write is switched off and on. */
  readonly toggles: number;
  /** Waits; ends early, with an error, when somebody wants us to end. */
  pause(ms: number): Promise<void>;
  /** Waits until nothing is missing. @throws Fault with what still is */
  until(missing: () => Promise<string | undefined>, withinMs: number): Promise<void>;
  /** Multiplies the rate of the load, from now on. */
  speedUp(factor: number): void;
  /** Has one more request through each of Alloy's ports whose first span and first log record are large ones. */
  sendLarge(bulk: Bulk): void;
  /** Ends a part's pod with SIGTERM, and waits until another is ready. */
  stop(part: Part): Promise<void>;
  /** Ends a part's program with SIGKILL, and waits until it is ready again. */
  kill(part: Part): Promise<void>;
  /** Ends a part's program with SIGTERM in its pod, and waits until it is ready again. */
  end(part: Part): Promise<void>;
  /** Has the pods of some parts away for so long. */
  keepAway(parts: readonly Part[], ms: number): Promise<void>;
  /** Has a part's pod away, does something once it is gone, and waits until it is ready again. */
  whileGone(part: Part, body: () => Promise<void>): Promise<void>;
  /** Has Mimir's ingester write all it holds to the blocks that it shares with others. */
  shipBlocks(): Promise<void>;
  /** Has a part's pod start anew with nothing on its volume. */
  loseVolume(part: Part): Promise<void>;
  /** What was found of a signal so far has to be found again. */
  findAnew(signal: Signal): void;
  /** Has Alloy's Deployment make its pod anew, and waits until it is ready. */
  rollOutAlloy(): Promise<void>;
  /** Changes the text of Alloy's configuration, until the case is mended, and waits until Alloy has taken it. */
  editAlloy(edit: (text: string) => string): Promise<void>;
  /** Waits until no more than so many bytes wait in Alloy's queues. */
  drained(mayWait: number): Promise<void>;
  /**
   * Switches the second write as a user does, and waits until it is in effect.
   * @param beforeUp called just before `up`
   * @returns how long it took after `up`
   */
  setSecondWrite(enabled: boolean, beforeUp?: () => void): Promise<number>;
  /** Has the sink at another address, and the second path lead there, as a user does. */
  changeEndpoint(): Promise<void>;
  /** Requests whose spans were acknowledged so far. */
  acknowledged(): number;
  /** Number of the next request. */
  next(): number;
  /** Requests that the second path need not have. */
  excuse(range: Range): void;
  /** Stops the node, and starts it again. */
  restartNode(): Promise<void>;
  /** Has the node stand still for so long, as a suspended laptop does, and go on. */
  suspendNode(ms: number): Promise<void>;
  /** From before the load until the case is mended, a part writes to a file system of so many MiB beyond what it holds. */
  shrinkVolume(part: Part, spareMiB: number): Promise<void>;
  /** Fills what `shrinkVolume` has made. */
  fillVolume(part: Part): Promise<void>;
  emptyVolume(part: Part): Promise<void>;
  /** Says something that belongs beside the table. */
  remark(text: string): void;
  /** Says something that is not as it has to be, beyond what is counted. */
  fault(text: string): void;
}

/** What came of a case. */
export interface Outcome {
  name: string;
  /** Requests per second. */
  rate: number;
  acknowledged: Items;
  local: {
    lost: Items;
    /** What Alloy has delivered to the backends, by its own count, beyond every item once. */
    twice: Items;
    /** What the backends have read beyond every item once. */
    repeated: Items;
    /** Alloy's requests that a backend refused, and may have counted as read before: these items come again. */
    refused: Items;
    /** Alloy's requests that had no answer: these items may be there twice. */
    unanswered: Items;
    discarded: Items;
    /** Signals whose backend was started anew, so that its counts may lack the last moment before. */
    restarted: Signal[];
  };
  second: {
    lost: Items;
    repeated: Items;
    /** Items that the sink took, and whose answer it could not deliver. */
    unanswered: Items;
    /** Items that Alloy counts as given up. */
    dropped: Items;
  } & Notes;
  sender: {
    refused: Items;
    givenUp: Items;
    /** Items of attempts that had no answer, and were sent again. */
    unanswered: Items;
    errors: Record<string, number>;
    /** The longest that an attempt took until it was answered, or given up. */
    longestMs: number;
  };
  /** Items that Alloy took from somebody else meanwhile. */
  company: Items;
  /** From the mend, or the fault, until what had been sent was there; undefined: it never was. */
  recoveredMs: { local?: number; second?: number };
  /** The longest that a request took to be found locally; undefined: not looked at. */
  freshMs?: number;
  /** Largest working set of Alloy's container, in bytes. */
  alloyMemory?: number;
  /** Containers that were started anew, and how often. */
  restarts: Record<string, number>;
  remarks: string[];
  /** What the case itself found amiss. */
  faults: string[];
}

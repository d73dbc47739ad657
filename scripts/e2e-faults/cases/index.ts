import type { Case } from "../case";
import { allDown } from "./all-down";
import { alloyKilledInOutage } from "./alloy-killed-in-outage";
import { alloyRollout } from "./alloy-rollout";
import { answerLost } from "./answer-lost";
import { attributes10000 } from "./attributes-10000";
import { backendDown } from "./backend-down";
import { backendEnded } from "./backend-ended";
import { backendKilled } from "./backend-killed";
import { backendStopped } from "./backend-stopped";
import { badRequestCases } from "./bad-requests";
import { burst } from "./burst";
import { endpointChangedWhileHanging } from "./endpoint-changed-while-hanging";
import { mimirIngesterDiskLost } from "./mimir-ingester-disk-lost";
import { nodeStopped } from "./node-stopped";
import { nodeSuspended } from "./node-suspended";
import { oneLargeItem } from "./one-large-item";
import { queueFull } from "./queue-full";
import { sink401ThenRepaired } from "./sink-401-then-repaired";
import { sink429 } from "./sink-429";
import { sink503Flapping } from "./sink-503-flapping";
import { sinkDown } from "./sink-down";
import { sinkHangs } from "./sink-hangs";
import { sinkRefuses } from "./sink-refuses";
import { sinkResets } from "./sink-resets";
import { sinkSlow } from "./sink-slow";
import { toggleOffOn, toggleWhileHanging, toggleWithBacklog } from "./toggle";
import { volumeFull } from "./volume-full";

/** Every case, in the order in which they are run: those that break little first. */
export const CASES: Case[] = [
  sinkDown,
  sinkSlow,
  sinkHangs,
  sink429,
  sink503Flapping,
  sink401ThenRepaired,
  sinkRefuses,
  sinkResets,
  answerLost,
  queueFull,
  ...badRequestCases,
  attributes10000,
  oneLargeItem,
  burst,
  toggleOffOn,
  toggleWithBacklog,
  toggleWhileHanging,
  endpointChangedWhileHanging,
  alloyRollout,
  alloyKilledInOutage,
  ...backendStopped,
  ...backendEnded,
  ...backendKilled,
  ...backendDown,
  allDown,
  ...volumeFull,
  mimirIngesterDiskLost,
  nodeStopped,
  nodeSuspended,
];

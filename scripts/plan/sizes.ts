import { isRecord } from "../../settings/raw";

/** What containers ask for and may use. */
export interface Size {
  containers: number;
  requests: Amount;
  limits: Amount;
}

/** Of cpu and memory. */
export interface Amount {
  millicores: number;
  mebibytes: number;
}

const NONE: Amount = { millicores: 0, mebibytes: 0 };
const NOTHING: Size = { containers: 0, requests: NONE, limits: NONE };

/**
 * The size of all containers that a chart's values give one: wherever `resources` with requests and limits stands, times
 * the `replicas` beside it, unless `enabled: false` stands there, too. Containers of which the values say nothing are not in it.
 */
export function sizeOf(values: Record<string, unknown>): Size {
  if (values.enabled === false) return NOTHING;
  const { resources, ...rest } = values;
  const own = isSize(resources) ? times(replicasOf(values), containerSize(resources)) : NOTHING;
  return Object.values(rest).flat().filter(isRecord).map(sizeOf).reduce(plus, own);
}

export function total(sizes: Size[]): Size {
  return sizes.reduce(plus, NOTHING);
}

/** As Kubernetes writes it: cpu, then memory. */
export function amountText({ millicores, mebibytes }: Amount): [string, string] {
  return [`${millicores}m`, `${mebibytes}Mi`];
}

type Written = { cpu: string; memory: string };

function isSize(value: unknown): value is { requests: Written; limits: Written } {
  return isRecord(value) && [value.requests, value.limits].every((side) => isRecord(side) && "cpu" in side);
}

function replicasOf({ replicas }: Record<string, unknown>): number {
  return typeof replicas === "number" ? replicas : 1;
}

function containerSize({ requests, limits }: { requests: Written; limits: Written }): Size {
  return { containers: 1, requests: amount(requests), limits: amount(limits) };
}

function amount({ cpu, memory }: Written): Amount {
  return { millicores: measure(cpu, MILLICORES), mebibytes: measure(memory, MEBIBYTES) };
}

const MILLICORES: Record<string, number> = { m: 1, "": 1000 };
const MEBIBYTES: Record<string, number> = { Mi: 1, Gi: 1024 };

function measure(text: string, units: Record<string, number>): number {
  const [, number, unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(text) ?? [];
  const value = Number(number) * (units[unit] ?? NaN);
  if (Number.isNaN(value)) throw new Error(`"${text}" is no amount in ${Object.keys(units).join(" or ")}`);
  return value;
}

function times(factor: number, { containers, requests, limits }: Size): Size {
  const scaled = (one: Amount) => ({
    millicores: one.millicores * factor,
    mebibytes: one.mebibytes * factor,
  });
  return { containers: containers * factor, requests: scaled(requests), limits: scaled(limits) };
}

function plus(a: Size, b: Size): Size {
  const sum = (one: Amount, other: Amount) => ({
    millicores: one.millicores + other.millicores,
    mebibytes: one.mebibytes + other.mebibytes,
  });
  return {
    containers: a.containers + b.containers,
    requests: sum(a.requests, b.requests),
    limits: sum(a.limits, b.limits),
  };
}

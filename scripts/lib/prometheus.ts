/** One series of a metrics page, with its value. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED: Record<string, string> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Reads a page in Prometheus' text format; lines it does not know are left out. */
export function parseMetrics(page: string): Sample[] {
  return page.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line.trim()) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name, labels: readLabels(labels), value: readValue(value) }];
  });
}

/** The sum of the series of that name that carry all of these labels; none of them is 0. */
export function sumOf(samples: Sample[], name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === name && hasLabels(sample, labels))
    .reduce((sum, { value }) => sum + value, 0);
}

export function hasLabels(sample: Sample, labels: Record<string, string>): boolean {
  return Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
}

function readLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, key = "", value = ""]) => [
      key,
      value.replace(/\\./g, (escape) => ESCAPED[escape] ?? escape),
    ]),
  );
}

function readValue(text: string): number {
  const [, sign = "", infinity] = /^([+-]?)(Inf)$/.exec(text) ?? [];
  return infinity === undefined ? Number(text) : Number(`${sign}Infinity`);
}

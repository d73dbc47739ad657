/** The components of a configuration of Alloy's: `otelcol.exporter.otlphttp.tempo` to the text of its block. */
export function blocks(text: string): Record<string, string> {
  const found = text.matchAll(/^([a-z][\w.]*) "(\w+)" \{\n.*?^\}$/gms);
  return Object.fromEntries([...found].map(([block, kind, label]) => [`${kind}.${label}`, block]));
}

/** The components whose exports a text uses. */
export function usedBy(text: string): string[] {
  const used = text.matchAll(
    /\b((?:otelcol|local|discovery|prometheus|loki)(?:\.\w+)+)\.(?:input|handler|content|targets|output|receiver)\b/g,
  );
  return [...used].map(([, name]) => name!);
}

/** The number or text that a block gives an argument. */
export function argument(block: string, name: string): string | undefined {
  return new RegExp(`^\\s*${name} += "?([^"\\n]*)"?$`, "m").exec(block)?.[1];
}

/** A block of commands, as a document has it. */
export const block = (...lines: string[]) => ["```sh", ...lines, "```"].join("\n");

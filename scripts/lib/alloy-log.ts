import { type Exporter, exporterOf, type SignalName } from "./paths";

/** What an exporter of Alloy's said of an attempt that failed. */
export interface ExportError {
  exporter: Exporter;
  signal: SignalName;
  at: Date;
  /** Whether it gave the data up; else it tries again. */
  final: boolean;
  /** Without the addresses: that of the second path has the token in it. */
  reason: string;
}

/** Of an exporter that was made anew as it waited to try again: it says that it drops what its queue on disk still has. */
const KEPT = "interrupted due to shutdown: ";

const FAILED = /msg="Exporting failed\. (Will retry|Dropping)/;

/** The failed attempts that Alloy's log tells of, oldest first (wording of Alloy 1.18, logfmt). */
export function exportErrors(log: string): ExportError[] {
  return log.split("\n").flatMap((line) => {
    const [, what] = FAILED.exec(line) ?? [];
    const [, id] = /component_id=(\S+)/.exec(line) ?? [];
    const from = exporterOf(id);
    const [, at = ""] = /\bts=(\S+)/.exec(line) ?? [];
    const [, quoted, bare] = /\berror=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line) ?? [];
    const error = quoted?.replace(/\\n/g, " ").replace(/\\(.)/g, "$1") ?? bare ?? "";
    if (what === undefined || from === undefined) return [];
    return [
      {
        ...from,
        at: new Date(at),
        final: what === "Dropping" && !error.startsWith(KEPT),
        reason: shortly(redacted(error.replace(KEPT, ""))),
      },
    ];
  });
}

/** Without any address, as alloy/own-logs.alloy does it. */
export function redacted(text: string): string {
  return text.replace(/https?:\/\/[^\s"\\]+/g, "<redacted>");
}

/** Without what every such error begins with. */
function shortly(error: string): string {
  return error
    .replace(/^not retryable error: |Permanent error: /g, "")
    .replace(/rpc error: code = \w+ desc = /, "")
    .replace(/error exporting items, request to <redacted> responded with /, "")
    .replace(/failed to make an HTTP request: /, "")
    .replace(/, Message=(?=,|$)|, Details=\[\]/g, "");
}

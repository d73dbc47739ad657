import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Response } from "undici";
import { Fault, reasonOf } from "../fault";
import { proxiedFetch } from "../proxied";

/** What to fetch, and how to know that it came whole. */
export interface Download {
  url: string;
  /** SHA-256, in hex. */
  sha256: string;
  /** The file to write, in a folder that is there; it is there only once the sum is right. */
  to: string;
  /** How long to wait for the next piece. Default: 30 s. */
  patienceMs?: number;
  /** Is told now and then how many bytes have come, and of how many, where that is known. */
  tell?: (received: number, total: number | undefined) => void;
  /** How often it is told. Default: 10 s. */
  tellEveryMs?: number;
}

const PATIENCE_MS = 30_000;
const TELL_EVERY_MS = 10_000;
const MIRROR_HELP = "set WATCHTOWER_MIRROR to an address that serves the same files under /<host>/<path>";

/**
 * Fetches a file and checks its sum. HTTPS_PROXY and NO_PROXY hold; WATCHTOWER_MIRROR takes the place of every host.
 * @throws Fault that says what went wrong; the file is then not there
 */
export async function download(wanted: Download): Promise<void> {
  const { url, sha256, to } = wanted;
  const from = mirrored(url);
  const part = `${to}.part`;
  try {
    const sum = await write(from, part, wanted);
    if (sum !== sha256)
      throw new Fault(
        `What ${from} sent is not what was published: its SHA-256 is ${sum}, and it should be ${sha256}. Nothing of it was kept; try again, or ask whoever runs your proxy or mirror.`,
      );
    fs.renameSync(part, to);
  } finally {
    fs.rmSync(part, { force: true });
  }
}

/** Where a file comes from on this machine. */
function mirrored(url: string): string {
  const mirror = process.env.WATCHTOWER_MIRROR;
  if (!mirror) return url;
  return `${mirror.replace(/\/+$/, "")}/${url.replace(/^https?:\/\//, "")}`;
}

/** Writes what comes, and says its SHA-256. */
async function write(
  from: string,
  part: string,
  { patienceMs = PATIENCE_MS, tell, tellEveryMs = TELL_EVERY_MS }: Download,
): Promise<string> {
  const hash = createHash("sha256");
  let received = 0;
  let total: number | undefined;
  const quiet = new AbortController();
  const patience = setTimeout(() => quiet.abort(), patienceMs);
  const watch = new Transform({
    transform(piece: Buffer, _, next) {
      patience.refresh();
      hash.update(piece);
      received += piece.length;
      next(null, piece);
    },
  });
  const telling = setInterval(() => tell?.(received, total), tellEveryMs);
  try {
    const { body, length } = await ask(from, quiet.signal);
    total = length;
    const pieces = Readable.fromWeb(body);
    await pipeline(pieces, watch, fs.createWriteStream(part), { signal: quiet.signal });
  } catch (error) {
    throw error instanceof Fault ? error : brokenOff(from, error, quiet.signal);
  } finally {
    clearTimeout(patience);
    clearInterval(telling);
  }
  return hash.digest("hex");
}

/** What a host sends, and how long it says that it is. */
interface Sent {
  body: NonNullable<Response["body"]>;
  length?: number;
}

async function ask(from: string, signal: AbortSignal): Promise<Sent> {
  let answer: Response;
  try {
    answer = await proxiedFetch(from, { signal });
  } catch (error) {
    const why = signal.aborted ? "it does not answer" : reasonOf(error);
    throw new Fault(
      `${from} cannot be fetched (${why}): connect to the internet (HTTPS_PROXY is honoured), or ${MIRROR_HELP}.`,
    );
  }
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel();
    throw new Fault(`${from} answers ${answer.status}: try again later, or ${MIRROR_HELP}.`);
  }
  return { body: answer.body, length: Number(answer.headers.get("content-length")) || undefined };
}

function brokenOff(from: string, error: unknown, signal: AbortSignal): Fault {
  const why = signal.aborted ? "nothing more came" : reasonOf(error);
  if (why === "ENOSPC") return new Fault("The disk is full: make room, and run this again.");
  return new Fault(`${from} broke off (${why}): run this again; nothing of it was kept.`);
}

import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { GOES_ON_SECONDS, MEBIBYTES, ROOM, roomScript } from "../../values/tempo-room";
import { OwnPath } from "../helpers/own-path";
import { temporaryFolder } from "../helpers/tools";
import { until } from "../helpers/until";

const MIB = 1048576;
/** Where the script has all programs from that the test does not put in their place. */
const { PATH } = process.env;
const { watchBelow, closeBelow, openFrom, reserve } = MEBIBYTES;

const programs = new OwnPath();

/** The real script with a real shell; the file system's room, the page and Tempo are what the test says. */
class Room {
  private readonly root = temporaryFolder();
  private readonly storage = this.folder("storage");
  private readonly own = this.folder("own");
  private child?: ChildProcess;

  constructor(freeMiB: number) {
    programs.write("stat", `cat ${this.root}/free`);
    programs.write("httpd", "");
    programs.write("wget", `echo "$@" >> ${this.root}/asked; cat ${this.root}/page`);
    programs.write("sleep", `echo "look again in $1 s" >> ${this.root}/asked; /bin/sleep 0.02`);
    this.leave(freeMiB);
    this.startTempo(1);
  }

  start(): this {
    const script = roomScript({ storage: this.storage, folder: this.own, tempo: "http://tempo" });
    const env = { PATH: `${process.env.PATH}:${PATH}` };
    this.child = spawn("sh", ["-c", script], { env, stdio: "ignore" });
    return this;
  }

  /** What a look finds from now on. */
  leave(freeMiB: number): void {
    fs.writeFileSync(path.join(this.root, "free.new"), `${(freeMiB * MIB) / 4096} 4096\n`);
    fs.renameSync(path.join(this.root, "free.new"), path.join(this.root, "free"));
  }

  /** Whether spans are taken, and what is kept for those that were. */
  get seen(): string {
    const door = fs.existsSync(path.join(this.own, ROOM.page)) ? "open" : "closed";
    const file = path.join(this.storage, "reserve");
    return `${door}, ${fs.existsSync(file) ? fs.statSync(file).size / MIB : 0} MiB kept`;
  }

  comesTo(seen: string): Promise<void> {
    return until(
      () => this.seen === seen,
      () => this.seen,
    );
  }

  /** What Tempo was asked, and by the how manieth look. */
  get asked(): { what: string; look: number }[] {
    const file = path.join(this.root, "asked");
    const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
    return lines.flatMap((line, i) => {
      const [, what] = /http:\/\/tempo(\/\S+)$/.exec(line) ?? [];
      return what === undefined
        ? []
        : [{ what, look: lines.slice(0, i).filter((one) => one.startsWith("look")).length }];
    });
  }

  get looks(): number {
    return this.pauses.length;
  }

  /** Seconds until the next look, of each so far. */
  get pauses(): number[] {
    const asked = fs.readFileSync(path.join(this.root, "asked"), "utf8");
    return [...asked.matchAll(/^look again in (\S+) s$/gm)].map(([, seconds]) => Number(seconds));
  }

  /** Another Tempo has taken the last one's place, with no look between the two. */
  startTempo(at: number): void {
    const page = `# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${at}\n`;
    fs.writeFileSync(path.join(this.root, "page.new"), page);
    fs.renameSync(path.join(this.root, "page.new"), path.join(this.root, "page"));
  }

  /** Ends as a pod does. @returns how it ended */
  async end(): Promise<number | null> {
    const { child } = this;
    if (!child) return null;
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    return ended;
  }

  async remove(): Promise<void> {
    if (this.child?.exitCode === null) await this.end();
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  private folder(name: string): string {
    const made = path.join(this.root, name);
    fs.mkdirSync(made);
    return made;
  }
}

/** Long enough for two looks. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 1_200));

const OPEN = `open, ${reserve} MiB kept`;
const CLOSED = `closed, ${reserve} MiB kept`;
const NOTHING_LEFT = "closed, 0 MiB kept";

describe("Tempo's door", () => {
  let room: Room;
  afterEach(() => room.remove());

  async function opened(): Promise<void> {
    room = new Room(openFrom).start();
    await room.comesTo(OPEN);
  }

  it("opens once room is kept for what Tempo has taken, and ends at once with its pod", async () => {
    await opened();
    expect(await room.end()).toBe(0);
  });

  it("stays closed where there is too little room from the start", async () => {
    room = new Room(openFrom - 1).start();
    await pause();
    expect(room.seen).toBe(NOTHING_LEFT);
  });

  it("stays open as long as what is left is enough", async () => {
    await opened();
    room.leave(closeBelow);
    await pause();
    expect(room.seen).toBe(OPEN);
  });

  it("opens with less when it begins anew where it had opened before", async () => {
    await opened();
    await room.end();
    room.leave(closeBelow);
    room.start();
    await pause();
    expect(room.seen).toBe(OPEN);
    room.leave(0); // and knows that Tempo has taken spans
    await room.comesTo(NOTHING_LEFT);
    await pause();
    expect(room.asked).not.toEqual([]);
  });

  it("is looked at more often where a fast disk could fill the rest in a moment", async () => {
    room = new Room(watchBelow).start();
    await room.comesTo(OPEN);
    const seldom = room.pauses.at(-1)!;
    room.leave(watchBelow - 1);
    await pause();
    expect(room.pauses.at(-1)).toBeLessThan(seldom / 2);
  });

  it("closes when room is short, and leaves Tempo alone, which writes all it has", async () => {
    await opened();
    room.leave(closeBelow - 1);
    await room.comesTo(CLOSED);
    await pause();
    expect(room.asked).toEqual([]);
  });

  it.each([
    ["at once", []],
    ["after a while", [closeBelow - 1]],
  ])(
    "gives back what was kept when nothing is left %s, has Tempo begin anew once nobody sends to it, and stays closed until it has",
    async (_, before) => {
      await opened();
      for (const freeMiB of before) {
        room.leave(freeMiB);
        await room.comesTo(CLOSED);
      }
      room.leave(0);
      await room.comesTo(NOTHING_LEFT);
      const closedBy = room.looks;
      await pause();
      room.leave(openFrom);
      await pause();
      const first = room.asked.find(({ what }) => what === "/shutdown");
      expect(first!.look - closedBy).toBeGreaterThan(GOES_ON_SECONDS / 0.5 - 3);
      expect(room.seen).toBe(NOTHING_LEFT);
      room.startTempo(2);
      await room.comesTo(OPEN);
      const asked = room.asked.length;
      await pause();
      expect(room.asked).toHaveLength(asked);
    },
  );

  it("leaves a Tempo alone that has taken nothing yet", async () => {
    room = new Room(0).start();
    await pause();
    expect([room.seen, room.asked]).toEqual([NOTHING_LEFT, []]);
  });

  it("opens again only well above where it closed, and does not go to and fro", async () => {
    await opened();
    room.leave(closeBelow - 1);
    await room.comesTo(CLOSED);
    room.leave(openFrom - 1);
    await pause();
    expect(room.seen).toBe(CLOSED);
    room.leave(openFrom);
    await room.comesTo(OPEN);
  });
});

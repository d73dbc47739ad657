import * as fs from "node:fs";
import * as path from "node:path";
import { LiveStack, type LiveTools } from "../../scripts/e2e-faults/live-stack";
import { Undo } from "../../scripts/e2e-faults/undo";
import { temporaryFolder } from "../helpers/tools";

describe("a stack whose second path leads to us", () => {
  const done: string[] = [];
  let folder: string;
  let settingsFile: string;
  let undo: Undo;
  let live: LiveStack;
  let onSet: (key: string, value: string) => void;
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const written = (endpoint: string) =>
    fs.writeFileSync(
      settingsFile,
      `config:\n  # the team's\n  watchtower:retention: 7d\n  watchtower:sumoEndpoint:\n    secure: ${endpoint}\n`,
    );
  const settings = () => fs.readFileSync(settingsFile, "utf8");

  beforeEach(() => {
    folder = temporaryFolder();
    settingsFile = path.join(folder, "Pulumi.local.yaml");
    done.length = 0;
    undo = new Undo(path.join(folder, "undo.json"));
    live = new LiveStack({
      engine: {
        set: async (key, value) => {
          await Promise.resolve();
          onSet(key, value);
        },
        up: () => Promise.resolve(void done.push("up")) as never,
      },
      undo,
      settingsFile,
      tell: (text) => void done.push(text),
    } as Partial<LiveTools> as LiveTools);
    written("theirs");
    onSet = (key, value) => {
      if (key === "sumoEndpoint") written(value);
      else fs.appendFileSync(settingsFile, `  watchtower:${key}: "${value}"\n`);
    };
  });

  it("has the settings back as they were, and goes by them", async () => {
    const before = settings();
    await live.setEndpoint("ours");
    await live.setEndpoint("ours-too");
    onSet("sumoEnabled", "true");
    fs.appendFileSync(settingsFile, "  watchtower:later: kept\n");
    expect(undo.changes).toHaveLength(1);
    await undo.putBack(live.putBack);
    expect(settings()).toBe(`${before}  watchtower:later: kept\n`);
    expect(done.at(-1)).toBe("up");
  });

  it("has no setting that there was not before", async () => {
    fs.rmSync(settingsFile);
    await live.setEndpoint("ours");
    await undo.putBack(live.putBack);
    expect(settings()).not.toContain("sumo");
  });

  it("keeps what somebody has set since", async () => {
    await live.setEndpoint("ours");
    written("theirs-by-now");
    await undo.putBack(live.putBack);
    expect(settings()).toContain("theirs-by-now");
    expect(done).toEqual(["Leaving sumoEndpoint in Pulumi.local.yaml: somebody has set another since"]);
    expect(undo.changes).toEqual([]);
  });

  it("is led back also when we were killed in the middle of it", async () => {
    onSet = (_, value) => {
      written(value);
      throw new Error("killed");
    };
    await expect(live.setEndpoint("ours")).rejects.toThrow("killed");
    await undo.putBack(live.putBack);
    expect(settings()).toContain("secure: theirs\n");
  });
});

import { type Check, type Found, Unseen } from "../../scripts/doctor/check";
import { run } from "../../scripts/doctor/run";
import { Fault } from "../../scripts/lib/fault";
import { factsWith } from "../helpers/fake-facts";
import { Memory } from "../helpers/memory";

const ok: Found = { name: "one", state: "ok", saw: "as it should be" };
const warn: Found = { name: "two", state: "warn", saw: "tight", mend: "more room" };
const wrong: Found = { name: "three", state: "wrong", saw: "gone", mend: "`npm run up`" };
const check = (found: Found): Check => ({ name: found.name, look: () => Promise.resolve(found) });
const failing = (name: string, error: Error): Check => ({ name, look: () => Promise.reject(error) });

async function doctor(checks: Check[], ...argv: string[]) {
  const [out, err] = [new Memory(), new Memory()];
  const code = await run(argv, { out, err, checks, factsOf: () => factsWith() });
  return { code, out: out.text, err: err.text };
}

describe("npm run doctor", () => {
  it("tells each finding in a line, what mends those that are not ok, and what all of them come to", async () => {
    expect(await doctor([check(ok), check(warn), check(wrong)])).toEqual({
      code: 1,
      out: [
        "ok     one    as it should be",
        "warn   two    tight",
        "              → more room",
        "WRONG  three  gone",
        "              → `npm run up`",
        "",
        "NOT all is well: three.\n",
      ].join("\n"),
      err: "",
    });
  });

  it.each([
    [[ok, warn], 0, "Nothing is wrong; mind: two.\n"],
    [[ok], 0, "All is well.\n"],
    [[wrong, wrong], 1, "NOT all is well: three.\n"],
  ])("exits by what is wrong alone", async (found, code, verdict) => {
    const told = await doctor(found.map(check));
    expect([told.code, told.out.split("\n\n")[1]]).toEqual([code, verdict]);
  });

  it("tells it to machines", async () => {
    const { code, out } = await doctor([check(ok), check(wrong)], "--json");
    expect([code, JSON.parse(out)]).toEqual([1, { ok: false, findings: [ok, wrong], fixed: [] }]);
  });

  it("tells what keeps a check from looking, and of several that it keeps only the first at length", async () => {
    const fault = new Fault("Docker does not answer: start Docker.");
    const checks = [
      failing("Docker", fault),
      failing("cluster", fault),
      failing("x", new Unseen("no CLI")),
      failing("y", new TypeError("oh")),
    ];
    const { code, out } = await doctor(checks, "--json");
    const { findings } = JSON.parse(out) as { findings: Found[] };
    expect(findings.map(({ name, state, saw }) => [name, state, saw])).toEqual([
      ["Docker", "wrong", "Docker does not answer: start Docker."],
      ["cluster", "warn", "not looked at, for the reason told above"],
      ["x", "warn", "no CLI"],
      ["y", "wrong", "oh"],
    ]);
    expect(code).toBe(1);
  });
});

describe("--fix", () => {
  /** A check that is wrong until it is mended. */
  function mendable(name: string, act: () => Promise<void>, isMended: () => boolean): Check {
    const found: Found = { ...wrong, name, fix: { does: `mending ${name}`, act } };
    return { name, look: () => Promise.resolve(isMended() ? { ...ok, name } : found) };
  }

  it("mends what can be mended, looks again, and tells what it did", async () => {
    let mended = false;
    const act = () => Promise.resolve(void (mended = true));
    expect(await doctor([mendable("lock", act, () => mended)], "--fix")).toEqual({
      code: 0,
      out: "Mending lock: mending lock\nok     lock  as it should be\n\nAll is well.\n",
      err: "",
    });
  });

  it("mends what only a fix has brought to light", async () => {
    const done: string[] = [];
    const step = (name: string) =>
      mendable(
        name,
        () => Promise.resolve(void done.push(name)),
        () => done.includes(name),
      );
    const second: Check = {
      name: "lock",
      look: (facts) =>
        done.includes("pulumi") ? step("lock").look(facts) : Promise.reject(new Unseen("no CLI")),
    };
    const { code, out } = await doctor([second, step("pulumi")], "--fix", "--json");
    expect([code, done]).toEqual([0, ["pulumi", "lock"]]);
    expect(JSON.parse(out)).toMatchObject({ fixed: [{ name: "pulumi" }, { name: "lock" }] });
  });

  it("tries each but once, and tells why it could not be done", async () => {
    const act = jest.fn().mockRejectedValue(new Fault("The disk is full: make room."));
    const { code, out } = await doctor([mendable("kind", act, () => false)], "--fix");
    expect(act).toHaveBeenCalledTimes(1);
    expect(out).toContain("Mending kind: mending kind\n  The disk is full: make room.\n");
    expect(code).toBe(1);
  });

  it("is not done unasked, and then advised", async () => {
    const act = jest.fn();
    const { out } = await doctor([mendable("kind", act, () => false)]);
    expect(act).not.toHaveBeenCalled();
    expect(out).toMatch(/NOT all is well: kind\. `npm run doctor -- --fix` mends some of it\.\n$/);
  });
});

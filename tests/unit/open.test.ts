import type { Stack } from "../../scripts/lib/stack";
import { run } from "../../scripts/open/run";
import { FakeStack } from "../helpers/fake-stack";
import { Memory } from "../helpers/memory";
import { freePorts } from "../helpers/ports";

let fake: FakeStack;
beforeEach(async () => {
  fake = await FakeStack.start();
});
afterEach(() => fake.stop());

async function open(
  argv: string[],
  { browse = () => Promise.resolve(), stack }: { browse?: () => Promise<void>; stack?: Stack } = {},
) {
  const [out, err] = [new Memory(), new Memory()];
  const shown: string[] = [];
  const code = await run(argv, {
    out,
    err,
    runningStack: () => Promise.resolve(stack ?? fake.stack),
    browse: (url) => {
      shown.push(url);
      return browse();
    },
  });
  return { code, out: out.text, err: err.text, shown };
}

it("opens Grafana, and prints address, user and the command that tells the password, which it does not show", async () => {
  const { url, user, password } = fake.stack.grafana;
  const { code, out, shown } = await open([]);
  expect(out).toMatch(
    new RegExp(
      `^Grafana +${url}\nuser +${user}\npassword +.*pulumi stack output grafanaPassword --show-secrets\n$`,
    ),
  );
  expect(out).not.toContain(password);
  expect([code, shown]).toEqual([0, [url]]);
});

it("only prints with --print", async () => {
  const { code, out, shown } = await open(["--print"]);
  expect(out).toContain(fake.stack.grafana.url);
  expect([code, shown]).toEqual([0, []]);
});

it("says what to do where no browser can be opened, after the address", async () => {
  const { code, out, err } = await open([], {
    browse: () => Promise.reject(new Error("spawn xdg-open ENOENT")),
  });
  expect(out).toContain(fake.stack.grafana.url);
  expect(err).toBe("open: No browser can be opened from here: open the address above yourself.\n");
  expect(code).toBe(1);
});

it("opens nothing when Grafana does not answer", async () => {
  const [port] = await freePorts(1);
  const stack = { ...fake.stack, grafana: { ...fake.stack.grafana, url: `http://127.0.0.1:${port}` } };
  const { code, out, err, shown } = await open([], { stack });
  expect(err).toMatch(
    /^open: Grafana does not answer at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\): start the stack/,
  );
  expect([code, out, shown]).toEqual([1, "", []]);
});

it("says how to get a Grafana where the stack runs none", async () => {
  const stack = { ...fake.stack, components: ["alloy" as const], grafana: undefined };
  expect(await open([], { stack })).toMatchObject({
    code: 1,
    err: "open: This stack runs without grafana: `npm run up -- alloy grafana` adds it.\n",
  });
});

import * as http from "node:http";
import type { AddressInfo } from "node:net";
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
    /^open: Grafana does not answer at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\): `npm run status` names what brings it back\.\n$/,
  );
  expect([code, out, shown]).toEqual([1, "", []]);
});

it("opens nothing when Grafana says that it is not well", async () => {
  fake.override = () => ({ status: 503, body: '{"database":"failing"}' });
  const { code, out, err, shown } = await open([]);
  expect(err).toBe(
    `open: Grafana at ${fake.stack.grafana.url} is not well (503): \`npm run status\` tells what ails the stack.\n`,
  );
  expect([code, out, shown]).toEqual([1, "", []]);
});

it("opens nothing when Grafana says nothing, and does not wait long for it", async () => {
  const silent = http.createServer(() => undefined);
  await new Promise<void>((up) => silent.listen(0, "127.0.0.1", up));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const beganAt = Date.now();
  const { code, err, shown } = await open([], {
    stack: { ...fake.stack, grafana: { ...fake.stack.grafana, url } },
  });
  expect(Date.now() - beganAt).toBeLessThan(4_000);
  silent.closeAllConnections();
  silent.close();
  expect(err).toContain(`open: Grafana at ${url} is not well (504): `);
  expect([code, shown]).toEqual([1, []]);
});

it("says how to get a Grafana where the stack runs none", async () => {
  const stack = { ...fake.stack, components: ["alloy" as const], grafana: undefined };
  expect(await open([], { stack })).toMatchObject({
    code: 1,
    err: "open: This stack runs without grafana: `npm run up -- alloy grafana` adds it.\n",
  });
});

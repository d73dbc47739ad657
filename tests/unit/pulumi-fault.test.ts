import { Fault } from "../../scripts/lib/fault";
import { failureOf, faultOf } from "../../scripts/lib/pulumi-fault";
import { ownEnvironment } from "../helpers/own-environment";

ownEnvironment();

const FAILED = new Error("code: 255\n stdout: Updating (local):\n");

describe("what Pulumi or a tool behind it says becomes one sentence with the way out", () => {
  it.each([
    [
      "error: no stack selected; please use `pulumi stack select`",
      /^No stack is selected: .*`npm run up`; where there was one, `npm run doctor` says/,
    ],
    ["error: no stack named 'dev' found", /^no stack named 'dev' found: `pulumi stack ls` lists/],
    ["error: constructing secrets manager: incorrect passphrase", /^The passphrase in use is not the one/],
    [
      "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
      /^The stack's secrets are locked, and there is no \.watchtower\/passphrase: put it back, .*`npm run down -- --lost`/,
    ],
    ["error: PULUMI_ACCESS_TOKEN must be set for login", /^Pulumi is not logged in .*`pulumi login`/],
    [
      'error: unable to open state directory "file:///a/state": stat /a/state: no such file or directory',
      /^There is no folder \/a\/state for .*: make it with `mkdir -p \/a\/state`, or set PULUMI_BACKEND_URL .*`npm run doctor`/,
    ],
    ["write /var/lib/docker/x: no space left on device", /^The disk is full: make room/],
    [
      'ERROR: failed to create cluster: failed to pull image "kindest/node:v9": command "docker pull" failed',
      /^The node image kindest\/node:v9 cannot be pulled: .*`pulumi config set nodeImage …`\.$/,
    ],
    [
      "error: could not download random plugin: dial tcp: no such host",
      /^A plug-in of Pulumi cannot be fetched \(could not download random plugin: dial tcp: no such host\): connect/,
    ],
    [
      'error: looks like "https://charts.example" is not a valid chart repository or cannot be reached',
      /^A chart cannot be fetched \(.*charts\.example.*\): connect to the internet, or .*charts\.<name>\.repo/,
    ],
  ])("%s", (said, sentence) => {
    const fault = failureOf(FAILED, [said]);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault.message).toMatch(sentence);
    expect(faultOf(said).message).toBe(fault.message);
  });
});

it("a passphrase that is named and cannot be read is to be named otherwise", () => {
  process.env.PULUMI_CONFIG_PASSPHRASE_FILE = "/nope";
  const said = "error: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /nope: no such file or directory";
  expect(faultOf(said).message).toMatch(/^The passphrase of the stack's secrets cannot be read: export /);
});

it("an error that is not known keeps Pulumi's own first line of it", () => {
  const said =
    "code: 255\n stdout: \n stderr: warning: old\nerror: the sky is falling.\nerror: and the sea\n";
  expect(faultOf(said)).toEqual(new Fault("Pulumi failed: the sky is falling."));
});

describe("an operation that failed", () => {
  const CHART = "1 error occurred: * release loki failed: context deadline exceeded";

  it("is told by what was reported, each once, without that it failed", () => {
    expect(failureOf(FAILED, [CHART, "update failed", CHART, "another"]).message).toBe(`${CHART}\nanother`);
  });

  it("is told by the error itself when nothing was reported", () => {
    expect(failureOf(new Error("stderr: \nerror: bad config\n"), ["update failed"]).message).toBe(
      "Pulumi failed: bad config.",
    );
  });

  it.each(["error: ", "", "sdk/go/provider: error: "])(
    "by kind-cluster.sh says the script's own sentence alone (after %j)",
    (prefix) => {
      const sentence =
        "Nothing was made.\nPort 3000 on 127.0.0.1 is taken by another program: stop that program.";
      const said = `${prefix}exit status 1: running "sh scripts/kind-cluster.sh ensure":\n${sentence}\n`;
      expect(failureOf(FAILED, [said, "update failed"])).toEqual(new Fault(sentence));
    },
  );

  it("by a fault of ours is that fault", () => {
    const fault = new Fault("elsewhere is at work on this stack.");
    expect(failureOf(fault, [CHART])).toBe(fault);
  });
});

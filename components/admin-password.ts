import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * Password of Grafana's admin. It is not part of Grafana's component, since Grafana's database, which keeps it, stays while
 * the stack runs without Grafana.
 */
export class AdminPassword extends pulumi.ComponentResource {
  /** Secret. */
  readonly password: pulumi.Output<string>;
  /** Another one after each change, drawn at random, so that it says nothing of the password; undefined before the first. */
  readonly changed: pulumi.Output<string | undefined>;

  /** @param given what the settings say; undefined: one is drawn at random */
  constructor(
    name: string,
    given: pulumi.Output<string> | undefined,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("watchtower:index:AdminPassword", name, {}, opts);
    // Earlier versions of this program made it in Grafana's component: a new parent must not draw another one.
    const aliases = [{ parent: pulumi.createUrn("grafana", "watchtower:index:Grafana") }];
    this.password =
      given ??
      new random.RandomPassword(name, { length: 24, special: false }, { parent: this, aliases }).result;
    const digest = this.password.apply((text) => createHash("sha256").update(text).digest("hex"));
    const drawn = (what: string, keepers: pulumi.Inputs, keepsFirst = false) =>
      new random.RandomId(
        `${name}-${what}`,
        { byteLength: 8, keepers },
        { parent: this, ignoreChanges: keepsFirst ? ["keepers"] : [] },
      );
    const version = drawn("version", { digest: pulumi.secret(digest) }).hex;
    // Remembers the version that Grafana's first start took.
    const first = drawn("first-version", { version }, true).keepers;
    this.changed = pulumi
      .all([version, first])
      .apply(([now, then]) => (now === then?.version ? undefined : now));
    this.registerOutputs({ password: this.password });
  }
}

import * as fs from "node:fs";
import * as path from "node:path";
import * as semver from "semver";
import { CHARTS, TOOLS } from "../../versions";

const PROJECT = path.resolve(__dirname, "../..");
const read = (file: string) => fs.readFileSync(path.join(PROJECT, file), "utf8");

/** What is read here of Renovate's configuration. */
interface Renovate {
  customManagers: {
    managerFilePatterns: string[];
    matchStrings: string[];
    datasourceTemplate: string;
    packageNameTemplate?: string;
    registryUrlTemplate?: string;
  }[];
  packageRules: { matchPackageNames?: string[]; allowedVersions?: string; groupName?: string }[];
  gitIgnoredAuthors: string[];
}
const { customManagers, packageRules, gitIgnoredAuthors } = JSON.parse(read("renovate.json")) as Renovate;
const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
  "dependencies" | "devDependencies",
  Record<string, string>
>;
const installed = { ...dependencies, ...devDependencies };

/** What the managers find in versions.ts, as Renovate would: pattern by pattern. */
function found() {
  return customManagers.flatMap((manager) => {
    expect(
      manager.managerFilePatterns.map((one) => new RegExp(one.slice(1, -1)).test("versions.ts")),
    ).toEqual([true]);
    return manager.matchStrings.flatMap((pattern) =>
      [...read("versions.ts").matchAll(new RegExp(pattern, "g"))].map(({ groups }) => ({
        source: manager.datasourceTemplate,
        from: manager.registryUrlTemplate,
        name: groups?.depName ?? manager.packageNameTemplate,
        version: groups?.currentValue,
      })),
    );
  });
}

describe("Renovate", () => {
  it("finds every chart of versions.ts, in the repository that it is pinned from", () => {
    const charts = Object.values(CHARTS).map(({ chart, repo, version }) => ({
      ...{ source: "helm", from: repo, name: chart, version },
    }));
    const its = found().filter(({ source }) => source === "helm");
    const byName = (a: { name?: string }, b: { name?: string }) => a.name!.localeCompare(b.name!);
    expect(its.sort(byName)).toEqual(charts.sort(byName));
  });

  it("finds every tool of versions.ts, at the releases that it is fetched from", () => {
    const its = found().filter(({ source }) => source === "github-releases");
    expect(its.map(({ version }) => version).sort()).toEqual(
      Object.values(TOOLS)
        .map(({ version }) => version)
        .sort(),
    );
    for (const { name, version } of its) {
      const tool = Object.values(TOOLS).find((one) => one.version === version)!;
      const published =
        name === "helm/helm" ? "get.helm.sh/helm-v" : `github.com/${name}/releases/download/v`;
      expect(tool.url("linux-x64")).toMatch(new RegExp(`^https://${published}${version}[/-]`));
    }
  });

  it.each([
    ["@opentelemetry/sdk-node", "0.300.0"],
    ["@opentelemetry/exporter-trace-otlp-grpc", "0.300.0"],
    ["@pulumi/pulumi", "3.249.0"],
    ["@pulumi/command", "4.5.0"],
    ["typescript", "7.0.2"],
    ["undici", "8.0.0"],
    ["@grafana/lezer-logql", "0.4.0"],
    ["@types/node", "22.0.0"],
  ])("leaves %s below %s, and may move what is pinned", (name, tooNew) => {
    const [range] = rulesOf(name).flatMap(({ allowedVersions }) => allowedVersions ?? []);
    expect(semver.satisfies(tooNew, range!)).toBe(false);
    expect(semver.satisfies(installed[name]!, range!)).toBe(true);
  });

  it("has no rule for a package that is not there", () => {
    const names = packageRules.flatMap(({ matchPackageNames }) => matchPackageNames ?? []);
    const known = [...Object.keys(installed), ...Object.values(CHARTS).map(({ chart }) => chart)];
    expect(names.filter((name) => !known.some((one) => matches(name, one)))).toEqual([]);
  });

  it("goes on with a branch that the workflow has added the sums to", () => {
    const [, author] = /git config user\.email "?([^"\s]+)"?/.exec(read(".github/workflows/pins.yml"))!;
    expect(gitIgnoredAuthors).toContain(author);
  });
});

function rulesOf(name: string): Renovate["packageRules"] {
  return packageRules.filter(({ matchPackageNames = [] }) =>
    matchPackageNames.some((one) => matches(one, name)),
  );
}

/** Renovate's globs, as far as we use them: `**` at the end. */
function matches(glob: string, name: string): boolean {
  return glob.endsWith("**") ? name.startsWith(glob.slice(0, -2)) : glob === name;
}

/** Everything that is pinned outside package.json: one place to look, one place to move a version. */

/** The parts of the stack, in the order a reader meets them. */
export const COMPONENTS = ["tempo", "loki", "mimir", "grafana", "alloy"] as const;
export type Component = (typeof COMPONENTS)[number];

/** A chart in a repository, pinned to one version. */
export interface PinnedChart {
  /** The chart's own name in its repository. */
  chart: string;
  /** Address of the Helm repository. */
  repo: string;
  /** Exact chart version. */
  version: string;
  /** Version of the program inside, for people to read. */
  appVersion: string;
}

// grafana.github.io carries Loki's enterprise chart (7.x) under the same name: the community one has its own home.
const COMMUNITY = "https://grafana-community.github.io/helm-charts";
const GRAFANA = "https://grafana.github.io/helm-charts";

export const CHARTS: Record<Component, PinnedChart> = {
  // 3.x carries Tempo 3, which rejects the 2.x configuration.
  tempo: { chart: "tempo", repo: COMMUNITY, version: "2.2.4", appVersion: "2.10.8" },
  loki: { chart: "loki", repo: COMMUNITY, version: "18.11.0", appVersion: "3.7.6" },
  mimir: { chart: "mimir-distributed", repo: GRAFANA, version: "6.1.0", appVersion: "3.1.2" },
  grafana: { chart: "grafana", repo: COMMUNITY, version: "12.11.1", appVersion: "13.2.0" },
  alloy: { chart: "alloy", repo: GRAFANA, version: "1.11.1", appVersion: "v1.18.1" },
};

/**
 * The reloader that the alloy chart brings along; a test holds it to the chart's own. Not its variant `distroless`: Tempo's
 * sidecar (values/tempo-room.ts) is a script for the busybox in it.
 */
export const RELOADER = {
  registry: "quay.io",
  image:
    "prometheus-operator/prometheus-config-reloader:v0.91.0@sha256:7d9e4eea5f1139e602508871f422b0116c60e87c662f3dcd234d5ab60cd0d8c1",
};

/** Machines that the programs below are published for, as Node names them. */
export type Platform = `${"linux" | "darwin"}-${"x64" | "arm64"}`;

/** A program that is put in place where it is missing, pinned to one version. */
export interface PinnedTool {
  /** Exact version, without a leading v. */
  version: string;
  /** The least version of a program that is there already. */
  least: string;
  /** Where it is published. */
  url: (platform: Platform) => string;
  /** Where its publisher lists the sums, as `sha256sum` prints them; `npm run pins` takes them over. */
  sums: (platform: Platform) => string;
  /** SHA-256 of what is published there. */
  sha256: Record<Platform, string>;
  /** Whether it is a tar.gz of several programs in one folder; else it is the program itself. */
  archive: boolean;
}

const HELM = "4.1.4";
const KIND = "0.33.0";
const PULUMI = "3.259.0";

function helmUrl(platform: Platform): string {
  return `https://get.helm.sh/helm-v${HELM}-${platform.replace("x64", "amd64")}.tar.gz`;
}

function kindUrl(platform: Platform): string {
  return `https://github.com/kubernetes-sigs/kind/releases/download/v${KIND}/kind-${platform.replace("x64", "amd64")}`;
}

export const TOOLS = {
  pulumi: {
    version: PULUMI,
    least: "3.248.0", // the SDK's own (package.json)
    url: (platform) =>
      `https://github.com/pulumi/pulumi/releases/download/v${PULUMI}/pulumi-v${PULUMI}-${platform}.tar.gz`,
    sums: () =>
      `https://github.com/pulumi/pulumi/releases/download/v${PULUMI}/pulumi-${PULUMI}-checksums.txt`,
    sha256: {
      "linux-x64": "94ba357acac23d01474084c4b00098dc0f7bc70ce13f34c777459254a5f718e5",
      "linux-arm64": "edc8327463a72160bb36cf82cf5062da9c8a244290a706d9980988e7bf486853",
      "darwin-x64": "eaca4c3b8277bfa3ab061fa3b270d1c66358a0b2e613da8c5587a04b7226c534",
      "darwin-arm64": "57c27f179e527e2cf9f62b841a448af72a020e44b2fb4ee0d9bd85556c00c864",
    },
    archive: true,
  },
  kind: {
    version: KIND,
    least: "0.30.0", // the first with Kubernetes 1.34
    url: kindUrl,
    sums: (platform) => `${kindUrl(platform)}.sha256sum`,
    sha256: {
      "linux-x64": "aee6151561422756b764a4ae28e7f44cda5af5a9eead3cc9985112b1de8d8e0d",
      "linux-arm64": "20022bee6cfcd5086cb7234d218e3454e6090022f2a8f55d1fa7fcf42c3867a2",
      "darwin-x64": "5a99f26f57246dc9319dd294803313197a0f34d33c525b3ea8b655db5916ece0",
      "darwin-arm64": "0c8c7dbe5e23594a198b786c4bc13dacc101fa6196b0cb0b23a1ca44e61f4b4f",
    },
    archive: false,
  },
  helm: {
    version: HELM,
    least: "4.0.0",
    url: helmUrl,
    sums: (platform) => `${helmUrl(platform)}.sha256sum`,
    sha256: {
      "linux-x64": "70b2c30a19da4db264dfd68c8a3664e05093a361cefd89572ffb36f8abfa3d09",
      "linux-arm64": "13d03672be289045d2ff00e4e345d61de1c6f21c1257a45955a30e8ae036d8f1",
      "darwin-x64": "abf09c8503ad1d8ef76d3737a058c3456a998aae5f5966fce4bb3031aeb1654e",
      "darwin-arm64": "7c2eca678e8001fa863cdf8cbf6ac1b3799f9404a89eb55c08260ef5732e658d",
    },
    archive: true,
  },
} satisfies Record<string, PinnedTool>;
export type ToolName = keyof typeof TOOLS;
export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];
/** What works on a stack needs these; helm, only `npm run render`. */
export const NEEDED_TOOLS = ["pulumi", "kind"] as const satisfies ToolName[];
export type NeededTool = (typeof NEEDED_TOOLS)[number];

import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { PROJECT_NAME } from "../../scripts/lib/stack-name";
import { DEFAULTS, KEYS, KNOWN_PASSWORD } from "../../settings/defaults";

const ROOT = path.join(__dirname, "../..");
function read<T>(name: string): T {
  return parse(fs.readFileSync(path.join(ROOT, name), "utf8")) as T;
}

type Declared = { type: string; default?: unknown; secret?: boolean; description?: string };
const project = read<{ name: string; main: string; config: Record<string, Declared> }>("Pulumi.yaml");
const declared = Object.entries(project.config);

describe("Pulumi.yaml", () => {
  it("names the project as the verbs do, which read its settings and locks by it", () => {
    expect(project.name).toBe(PROJECT_NAME);
  });

  it("declares the defaults that the program has", () => {
    const { hostPorts, ...rest } = DEFAULTS;
    const defaults = Object.fromEntries(declared.map(([key, { default: value }]) => [key, value]));
    expect(defaults).toEqual({ ...rest, ...hostPorts });
  });

  it.each(declared)(
    "declares %s with a default of its type, and in words",
    (_, { type, default: value, description }) => {
      const types: Record<string, string> = {
        array: "array",
        object: "object",
        integer: "number",
        boolean: "boolean",
      };
      expect(Array.isArray(value) ? "array" : typeof value).toBe(types[type]);
      expect(description).toMatch(/\w/);
    },
  );

  it("declares no secret: the CLI refuses one with a default, and demands one without", () => {
    expect(declared.filter(([, { secret }]) => secret !== undefined)).toEqual([]);
    expect(Object.keys(project.config).filter((key) => /endpoint|headers|api|password/i.test(key))).toEqual(
      [],
    );
  });

  it("declares no key that the program would call a slip", () => {
    expect(Object.keys(project.config).filter((key) => !(key in KEYS))).toEqual([]);
  });

  it("names a program that is there", () => {
    expect(fs.existsSync(path.join(ROOT, project.main))).toBe(true);
  });
});

describe("Pulumi.local.yaml", () => {
  const { config } = read<{ config: Record<string, unknown> }>("Pulumi.local.yaml");

  it("sets only keys of the project", () => {
    const keys = Object.keys(config).map((key) => key.replace(`${project.name}:`, ""));
    expect(keys.filter((key) => !(key in KEYS))).toEqual([]);
  });

  it("ships no secret but the password that everybody knows", () => {
    const { [`${project.name}:grafanaAdminPassword`]: password, ...others } = config;
    expect(password).toBe(KNOWN_PASSWORD);
    expect(JSON.stringify(others)).not.toMatch(/secure|https?:|password/i);
  });
});

import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Verbs that do another's work as a part of their own. */
const DOES_WORK_OF = { doctor: ["up"], "e2e-docs": ["e2e"], reset: ["up"], sumo: ["status", "up"] };

/** Lets the files of a folder in scripts/ import only from these beside it, and from the project around it. */
function mayImport(folders) {
  const regex = `^\\.\\./(?!(\\.\\.|${folders.join("|")})/)`;
  const message = "A verb does not reach into another's folder: what both need is in scripts/lib.";
  return { "no-restricted-imports": ["error", { patterns: [{ regex, message }] }] };
}

export default tseslint.config(
  { ignores: ["node_modules", "coverage", "rendered", ".watchtower"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // An Output in a template literal prints "Calling [toString] on an [Output<T>]…": use pulumi.interpolate.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-base-to-string": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  { files: ["scripts/*/*.ts"], rules: mayImport(["lib"]) },
  ...Object.entries(DOES_WORK_OF).map(([verb, others]) => ({
    files: [`scripts/${verb}/*.ts`],
    rules: mayImport(["lib", ...others]),
  })),
  {
    files: ["**/*.mjs", "**/*.cjs"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      parserOptions: { projectService: false },
      globals: { module: "writable", console: "readonly", process: "readonly" },
    },
  },
);

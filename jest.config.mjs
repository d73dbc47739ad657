export default {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  // Types are checked once, by `tsc`; here each file is only transpiled.
  transform: { "^.+\\.ts$": ["ts-jest", { diagnostics: false }] },
  reporters: ["default", "<rootDir>/tests/summary-reporter.cjs"],
};

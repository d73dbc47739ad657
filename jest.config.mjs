import { availableParallelism } from "node:os";

export default {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  // The default leaves one of two cores idle: jest's own process needs none while it waits for its workers.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // Types are checked once, by `tsc`; here each file is only transpiled.
  transform: { "^.+\\.ts$": ["ts-jest", { diagnostics: false }] },
  reporters: ["default", "<rootDir>/tests/summary-reporter.cjs"],
};

import * as fs from "node:fs";
import * as path from "node:path";
import type { Component } from "../../versions";
import { PROJECT } from "../lib/home";
import type { Question } from "./checks";
import type { Language } from "./expand";
import { askTarget, type Target } from "./panels";
import { type Ground, where } from "./samples";
import type { DataSource } from "./sources";

/** The document whose queries are asked; GitHub knows our languages by these names. */
const DOCUMENT = path.join(PROJECT, "docs/evaluating-lgtm.md");
const LANGUAGES: Record<string, Language> = { logql: "loki", promql: "prometheus", traceql: "tempo" };

/** Who answers in a language, and how a panel would ask. */
const ASKED: Record<Language, { backend: Component; target: (query: string) => Target }> = {
  loki: { backend: "loki", target: (expr) => ({ refId: "A", expr }) },
  prometheus: { backend: "mimir", target: (expr) => ({ refId: "A", expr, range: true }) },
  tempo: { backend: "tempo", target: (query) => ({ refId: "A", queryType: "traceql", query }) },
};

/** A query of the document. */
export interface Written {
  /** The heading that it stands under. */
  question: string;
  language: Language;
  query: string;
}

const HEADING_OR_BLOCK = /^### ([^\n]+)$|^```(\w+)\n(.*?)^```$/gms;

/** The queries of the document in our languages; those of Sumo Logic and Datadog are only for people to read. */
export function writtenQueries(markdown = fs.readFileSync(DOCUMENT, "utf8")): Written[] {
  let question = "";
  return [...markdown.matchAll(HEADING_OR_BLOCK)].flatMap(([, heading, name = "", text = ""]) => {
    if (heading !== undefined) question = heading;
    const language = LANGUAGES[name];
    return language ? [{ question, language, query: text.trim() }] : [];
  });
}

/** Whether each of them has an answer. */
export function evaluatingQuestions(ground: Ground, sources: DataSource[]): Question[] {
  return writtenQueries().map(({ question, language, query }) => {
    const { backend, target } = ASKED[language];
    const ask = () => {
      const context = { grafana: ground.grafana, sources, range: ground.range() };
      return askTarget({ ...target(query), datasource: { uid: backend } }, {}, context);
    };
    return { area: "evaluating", name: question, look: where(ground, [backend], ask) };
  });
}

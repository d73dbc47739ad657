import MarkdownIt from "markdown-it";

/** A part of a document that is more than text. */
export interface Piece {
  kind: "block" | "code" | "link" | "heading";
  /** Line of the document, from 1; of a paragraph's pieces its first. */
  line: number;
  /** What stands in a block of code, in a code span or in a heading; a link's address. */
  text: string;
  /** A block's language, as its fence names it. */
  language?: string;
}

const markdown = new MarkdownIt();
type Token = MarkdownIt.Token;

/** The parts of a document in Markdown, in its order. */
export function piecesOf(text: string): Piece[] {
  let line = 1;
  let isHeading = false;
  return markdown.parse(text, {}).flatMap((token): Piece[] => {
    if (token.map) line = token.map[0] + 1;
    if (token.type === "heading_open") isHeading = true;
    if (token.type === "heading_close") isHeading = false;
    if (token.type === "fence" || token.type === "code_block")
      return [{ kind: "block", line, text: token.content, language: token.info.trim() }];
    if (token.type !== "inline") return [];
    const inside = (token.children ?? []).flatMap((child) => insideOf(child, line));
    return isHeading ? [{ kind: "heading", line, text: token.content }, ...inside] : inside;
  });
}

function insideOf(token: Token, line: number): Piece[] {
  if (token.type === "code_inline") return [{ kind: "code", line, text: token.content }];
  if (token.type === "link_open") return [{ kind: "link", line, text: String(token.attrGet("href") ?? "") }];
  return [];
}

import MarkdownIt from "markdown-it";

/** A part of a document. */
export interface Piece {
  kind: "block" | "code" | "link" | "heading" | "text";
  /** Line of the document, from 1; of a paragraph's pieces its first. */
  line: number;
  /** What stands in a block of code, in a code span, in a heading or in a paragraph; a link's address. */
  text: string;
  /** A block's language, as its fence names it. */
  language?: string;
}

const markdown = new MarkdownIt();
type Token = MarkdownIt.Token;

/** The parts of a document in Markdown, in its order; a paragraph comes after what stands in it. */
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
    if (isHeading) return [{ kind: "heading", line, text: token.content }, ...inside];
    return [...inside, { kind: "text", line, text: token.content }];
  });
}

function insideOf(token: Token, line: number): Piece[] {
  if (token.type === "code_inline") return [{ kind: "code", line, text: token.content }];
  if (token.type === "link_open") return [{ kind: "link", line, text: String(token.attrGet("href") ?? "") }];
  return [];
}

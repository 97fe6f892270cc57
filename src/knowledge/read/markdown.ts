/** Markdown, with YAML front matter, as a syntax tree. */
import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { parse } from 'yaml';
import { messageOf } from '../../errors.ts';

const fence = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

export interface FrontMatterAndBody {
  /** What the YAML says, unchecked; null where the file has none. */
  frontMatter: unknown;
  body: string;
}

/** @throws Error naming the line when the front matter is not YAML */
export function splitFrontMatter(source: string): FrontMatterAndBody {
  const found = fence.exec(source);
  if (found === null) return { frontMatter: null, body: source };
  try {
    return { frontMatter: parse(found[1] ?? '') as unknown, body: source.slice(found[0].length) };
  } catch (cause) {
    throw new Error(`its front matter is not valid YAML: ${messageOf(cause).split('\n')[0]}`, { cause });
  }
}

export function readMarkdown(source: string): Root {
  return fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

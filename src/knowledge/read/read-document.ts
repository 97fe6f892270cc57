/** Reads one file of any known kind into sections and metadata. */
import { extname } from 'node:path';
import type { Root } from 'mdast';
import { visit } from 'unist-util-visit';
import { stripHidden } from './hidden-text.ts';
import { readMarkdown, splitFrontMatter } from './markdown.ts';
import { parseMetadata, type Metadata } from './metadata.ts';
import { outline, type OutlineSection } from './outline.ts';
import { readText } from './text.ts';

export interface ReadDocument {
  metadata: Metadata;
  title: string | null;
  sections: OutlineSection[];
  /** Characters and elements that no reader would have seen, taken out. */
  hiddenRemoved: number;
}

/** @throws Error that says in words why this file cannot be read */
export async function readDocument(name: string, bytes: Uint8Array): Promise<ReadDocument> {
  const { tree, frontMatter, removed } = await readTree(extname(name).toLowerCase(), bytes);
  let hiddenRemoved = removed;

  function visible(text: string): string {
    const stripped = stripHidden(text);
    hiddenRemoved += stripped.removed;
    return stripped.text.toWellFormed().replaceAll('\u0000', '').normalize('NFC');
  }

  visit(tree, (node) => {
    if ('value' in node) node.value = visible(node.value);
  });
  const { title, sections } = outline(tree);
  if (sections.length === 0) throw new Error('it holds no text');
  return { metadata: parseMetadata(mapTexts(frontMatter, visible)), title, sections, hiddenRemoved };
}

/** The same YAML value, each text in it changed. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === 'string' ? change(inner) : inner,
  );
}

async function readTree(
  ending: string,
  bytes: Uint8Array,
): Promise<{ tree: Root; frontMatter: unknown; removed: number }> {
  if (bytes.length === 0) throw new Error('it is empty');
  switch (ending) {
    case '.docx':
    case '.pptx':
      if (!startsWith(bytes, 'PK'))
        throw new Error(
          `it is not ${ending === '.docx' ? 'a Word' : 'a PowerPoint'} file, whatever its name says`,
        );
      if (ending === '.docx')
        return { frontMatter: null, ...(await (await import('./docx.ts')).readDocx(bytes)) };
      return { tree: await (await import('./slides.ts')).readSlides(bytes), frontMatter: null, removed: 0 };
    case '.pdf':
      if (!startsWith(bytes, '%PDF')) throw new Error('it is not a PDF file, whatever its name says');
      return { tree: await (await import('./pdf.ts')).readPdf(bytes), frontMatter: null, removed: 0 };
    case '.html':
    case '.htm':
      return { frontMatter: null, ...(await (await import('./html.ts')).readHtml(decode(bytes))) };
    case '.txt':
      return { tree: readText(decode(bytes)), frontMatter: null, removed: 0 };
    default: {
      const { frontMatter, body } = splitFrontMatter(decode(bytes));
      return { tree: readMarkdown(body), frontMatter, removed: 0 };
    }
  }
}

function startsWith(bytes: Uint8Array, mark: string): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, mark.length)) === mark;
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.slice(0, 4_000).includes('\u0000')) throw new Error('it is not text');
    return text;
  } catch (cause) {
    throw new Error('it is not UTF-8 text; save it as UTF-8', { cause });
  }
}

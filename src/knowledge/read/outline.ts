/** Cuts a document's syntax tree into sections: a heading with its own text, which is what a citation names. */
import type { Heading, List, Root, RootContent, Table } from 'mdast';
import { toString } from 'mdast-util-to-string';

export interface OutlineSection {
  /** The number that the heading carries, as `3.2`; empty where it carries none. */
  number: string;
  /** The heading without its number. */
  heading: string;
  /** Headings above this one, outermost first, without the document's title, each with its number. */
  path: string[];
  page: number | null;
  /** Plain text: paragraphs apart by a blank line, list items and table rows a line each. */
  body: string;
}

export interface Outline {
  /** The first heading, or null where there is none. */
  title: string | null;
  sections: OutlineSection[];
}

const headingNumber = /^(?:§\s*)?((?:[A-Z]\.)?\d+(?:\.\d+)*)[.):]?\s+(?=\S)/;

/** Sections without text of their own are left out; their headings stay in the paths below them. */
export function outline(tree: Root): Outline {
  const title = tree.children.find((node) => node.type === 'heading');
  const titleText = title === undefined ? null : plain(title);
  const sections: OutlineSection[] = [];
  const open: { depth: number; text: string }[] = [];
  let section: { heading: string; path: string[]; page: number | null; blocks: string[] } | null = null;

  function close() {
    const body = section?.blocks.filter((block) => block !== '').join('\n\n') ?? '';
    if (section !== null && body !== '') {
      const number = headingNumber.exec(section.heading)?.[1] ?? '';
      const bare = section.heading.replace(headingNumber, '');
      sections.push({ number, heading: bare, path: section.path, page: section.page, body });
    }
  }

  for (const node of tree.children) {
    if (node.type === 'heading') {
      close();
      while ((open.at(-1)?.depth ?? 0) >= node.depth) open.pop();
      const text = plain(node);
      const path = open.map((above) => above.text).filter((above) => above !== titleText);
      section = { heading: text, path, page: pageOf(node), blocks: [] };
      open.push({ depth: node.depth, text });
    } else {
      section ??= { heading: titleText ?? '', path: [], page: pageOf(node), blocks: [] };
      section.blocks.push(blockText(node));
    }
  }
  close();
  return { title: titleText, sections };
}

function blockText(node: RootContent): string {
  switch (node.type) {
    case 'list':
      return listText(node, '');
    case 'table':
      return tableText(node);
    case 'blockquote':
    case 'footnoteDefinition':
      return node.children.map((child) => blockText(child)).join('\n');
    case 'code':
      return node.value.trim();
    case 'html': // raw HTML inside Markdown: its tags and comments are not seen by a reader
      return node.value
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim();
    case 'definition':
    case 'thematicBreak':
    case 'yaml':
      return '';
    default:
      return plain(node);
  }
}

function listText(list: List, indent: string): string {
  return list.children
    .map((item, index) => {
      const mark = list.ordered === true ? `${(list.start ?? 1) + index}.` : '-';
      const box = typeof item.checked === 'boolean' ? (item.checked ? '[x] ' : '[ ] ') : '';
      const inner = item.children.map((child) =>
        child.type === 'list' ? listText(child, `${indent}  `) : blockText(child),
      );
      return `${indent}${mark} ${box}${inner.join('\n')}`;
    })
    .join('\n');
}

/** A row without text is the head that a table has to have in Markdown and did not have where it came from. */
function tableText(node: Table): string {
  return node.children
    .map((row) => row.children.map((cell) => plain(cell)))
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function plain(node: Heading | RootContent | Table['children'][number]['children'][number]): string {
  const text = toString(node, { includeImageAlt: false, includeHtml: false });
  return text
    .replace(/[ \t]*\n[ \t]*/g, ' ')
    .replace(/[ \t\u00A0]+/g, ' ')
    .trim();
}

function pageOf(node: RootContent): number | null {
  if (node.type !== 'heading' && node.type !== 'paragraph') return null;
  return node.data?.page ?? null;
}
